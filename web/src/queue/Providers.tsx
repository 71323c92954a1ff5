import { useQuery } from '@tanstack/react-query';
import { send } from '../api/http';
import { lengthOf, useNow } from '../parts/Time';
import { counted } from '../parts/numbers';
import { useAct } from '../parts/useAct';
import { providersQuery } from './queries';

/** Providers that are left alone for now: until when, why, and who waits. Nothing when there is none. */
export function Providers() {
  const downs = useQuery(providersQuery).data?.cool_downs ?? [];
  const now = useNow();
  const clear = useAct((provider: string) => send('POST', '/providers/clear', { provider }), {
    reads: ['providers', 'queue'],
    said: (_, provider) => `${provider} is asked again at once.`,
  });
  if (downs.length === 0) return null;
  return (
    <section aria-labelledby="cooling" className="stack-tight">
      <h2 id="cooling">Providers left alone</h2>
      {downs.map((each) => (
        <div key={each.provider} className="note state-warn row">
          <span className="grow">
            <strong>{each.provider}</strong>: {each.reason.replaceAll('_', ' ')}
            {each.text && <span className="quiet"> “{each.text}”</span>}.{' '}
            {each.waiting > 0 ? `${counted(each.waiting, 'run')} wait.` : 'Nobody waits for it.'} Free again{' '}
            <time dateTime={each.until}>{new Date(each.until).toLocaleTimeString()}</time> (in {lengthOf(Date.parse(each.until) - now)}
            {each.named ? ', as the provider said' : ', by our own rule'}).
          </span>
          <button type="button" className="button" onClick={() => clear.mutate(each.provider)}>
            Clear
          </button>
        </div>
      ))}
    </section>
  );
}
