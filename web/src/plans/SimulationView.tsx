import { useQuery } from '@tanstack/react-query';
import { Reading } from '../parts/Reading';
import { counted } from '../parts/numbers';
import { useUrlState } from '../parts/urlState';
import { Table } from '../parts/Table';
import { ganttOf, type Gantt } from './gantt';
import { simulationQuery, type PlanRound, type PlanShown } from './queries';

const column = 96;
const lane = 26;
const head = 22;
/** A picture of more boxes than this says nothing; the table below has all. */
const mostBoxes = 600;

/** What would run when, if every unit took the same time and none failed. */
export function SimulationView({ shown }: { shown: PlanShown }) {
  const [atOnce, setAtOnce] = useUrlState('at_once', '');
  const played = useQuery(simulationQuery(shown.plan.id, /^[1-9]\d{0,2}$/.test(atOnce) ? atOnce : ''));
  return (
    <div className="stack">
      <label className="field plan-find">
        <span>Units at once (empty: as the project and the daemon allow)</span>
        <input className="input" type="number" min={1} max={999} value={atOnce} onChange={(event) => setAtOnce(event.target.value)} />
      </label>
      <Reading of={played}>
        {({ rounds, max_parallel: most }) =>
          rounds.length === 0 ? (
            <p className="quiet">Nothing is left to run.</p>
          ) : (
            <>
              <p>
                {counted(rounds.length, 'round')} with {most} at once at most. Nothing is started; a round is as long as a unit takes.
              </p>
              <GanttPicture of={ganttOf(rounds)} />
              <RoundTable rounds={rounds} />
            </>
          )
        }
      </Reading>
    </div>
  );
}

function GanttPicture({ of }: { of: Gantt }) {
  if (of.boxes.length > mostBoxes) return <p className="quiet">{of.boxes.length} units are too many for a picture; the table has them.</p>;
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Picture of the rounds; the table below says the same">
      <svg width={of.rounds * column} height={head + of.lanes * lane} className="gantt" aria-hidden="true">
        {of.phases.map((phase) => (
          <g key={phase.from}>
            <rect
              x={phase.from * column}
              y={0}
              width={(phase.to - phase.from + 1) * column - 2}
              height={head + of.lanes * lane}
              className="gantt-phase"
            />
            <text x={phase.from * column + 6} y={15} className="gantt-name">
              {cut(phase.name, (phase.to - phase.from + 1) * 13)}
            </text>
          </g>
        ))}
        {of.boxes.map((box) => (
          <g key={box.id}>
            <rect
              x={box.round * column + 3}
              y={head + box.lane * lane + 2}
              width={column - 8}
              height={lane - 5}
              rx={3}
              className="gantt-box"
            />
            <text x={box.round * column + 9} y={head + box.lane * lane + 17}>
              {cut(box.id, 12)}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function RoundTable({ rounds }: { rounds: readonly PlanRound[] }) {
  return (
    <Table label="Rounds as a table" heads={['Round', 'Phase', 'Runs', 'Waits, and why']}>
      {rounds.slice(0, 300).map((round) => (
        <tr key={round.no}>
          <th scope="row">{round.no}</th>
          <td>{round.phases.join(', ')}</td>
          <td>
            {round.items.map((id) => (
              <code key={id}>{id} </code>
            ))}
          </td>
          <td>
            {round.waiting.length === 0 ? (
              '–'
            ) : (
              <details>
                <summary>{counted(round.waiting.length, 'unit')}</summary>
                <ul className="plans-units">
                  {round.waiting.slice(0, 50).map((wait) => (
                    <li key={wait.id}>
                      <code>{wait.id}</code> {wait.why}
                    </li>
                  ))}
                </ul>
              </details>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}
