import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { send } from '../api/http';
import { doctorQuery } from '../api/shared';
import { useAct } from '../parts/useAct';

/** The last look at the machine; the first one is taken when somebody comes to see it. */
export function useDoctor() {
  const doctor = useQuery(doctorQuery);
  const call = useAct(() => send('POST', '/doctor'), { reads: ['doctor'] });
  const isNew = doctor.data?.state === 'never';
  const { mutate, isIdle } = call;
  useEffect(() => {
    if (isNew && isIdle) mutate(undefined);
  }, [isNew, isIdle, mutate]);
  return { doctor, again: () => mutate(undefined), isBusy: call.isPending || doctor.data?.state === 'running' };
}
