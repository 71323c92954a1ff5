import { Reading } from '../parts/Reading';
import { State } from '../parts/State';
import { Ago } from '../parts/Time';
import { counted } from '../parts/numbers';
import { Table } from '../parts/Table';
import type { DoctorCheck } from './queries';
import { useDoctor } from './useDoctor';

const rank = { fail: 0, warn: 1, ok: 2 } as const;

/** What `agentctl doctor` says of the daemon's machine: what is wrong first, each with what to do about it. */
export default function Doctor() {
  const { doctor, again, isBusy } = useDoctor();
  return (
    <Reading of={doctor}>
      {({ checks, ended_at: ended, problem }) => (
        <>
          <div className="row">
            <p className="grow" role="status">
              {isBusy ? (
                'The machine is being checked …'
              ) : ended ? (
                <>
                  Checked <Ago at={ended} />: {summary(checks)}.
                </>
              ) : (
                'Not checked yet.'
              )}
            </p>
            <button type="button" className="button" disabled={isBusy} onClick={again}>
              Check again
            </button>
          </div>
          {problem && (
            <p role="alert" className="note state-bad">
              {problem}
            </p>
          )}
          {checks.length > 0 && <CheckTable checks={[...checks].sort((a, b) => rank[a.status] - rank[b.status])} />}
          <p className="quiet">
            At the daemon’s own terminal, <code>agentctl doctor --network</code> also looks whether agents' services answer, and{' '}
            <code>agentctl doctor --fix</code> repairs what is sure to lose nothing.
          </p>
        </>
      )}
    </Reading>
  );
}

function summary(checks: readonly DoctorCheck[]): string {
  const count = (status: DoctorCheck['status']): number => checks.filter((check) => check.status === status).length;
  return [
    count('fail') > 0 && counted(count('fail'), 'thing fails', 'things fail'),
    count('warn') > 0 && counted(count('warn'), 'warning'),
    `${count('ok')} well`,
  ]
    .filter(Boolean)
    .join(', ');
}

function CheckTable({ checks }: { checks: readonly DoctorCheck[] }) {
  return (
    <Table label="Checks" heads={['What', 'Is', 'Found, and what to do']}>
      {checks.map((check, at) => (
        <tr key={`${check.name} ${at}`}>
          <th scope="row">{check.name}</th>
          <td>
            <State of={check.status} />
          </td>
          <td>
            {check.found}
            {check.fix && <p>→ {check.fix}</p>}
          </td>
        </tr>
      ))}
    </Table>
  );
}
