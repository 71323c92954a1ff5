import { copy } from '../parts/copy';
import { Reading } from '../parts/Reading';
import { State } from '../parts/State';
import { Table } from '../parts/Table';
import { agentsOf } from './settings';
import { useDoctor } from './useDoctor';

/** Adds the daemon's tools to the agent somebody talks to; the same as in docs/mcp.md. */
const snippets: readonly { title: string; text: string }[] = [
  { title: 'Claude Code', text: 'claude mcp add agentctl -- agentctl mcp' },
  { title: 'Codex', text: 'codex mcp add agentctl -- agentctl mcp' },
  { title: 'Any other client', text: JSON.stringify({ mcpServers: { agentctl: { command: 'agentctl', args: ['mcp'] } } }, null, 2) },
];

const logins = {
  yes: { of: 'ok', words: 'logged in' },
  no: { of: 'warn', words: 'no login found' },
  unknown: { of: 'idle', words: 'not known' },
} as const;

/** Agents on the daemon's machine, as its last look found them, and how a person's own agent gets the daemon's tools. */
export default function Agents() {
  const { doctor, again, isBusy } = useDoctor();
  return (
    <>
      <Reading of={doctor}>
        {({ checks }) => (
          <>
            <div className="row">
              <p className="grow" role="status">
                {isBusy ? 'Looking for agents …' : 'Found on the daemon’s machine:'}
              </p>
              <button type="button" className="button" disabled={isBusy} onClick={again}>
                Look again
              </button>
            </div>
            <Table label="Agents" heads={['Agent', 'Version', 'Spoken with by', 'Login', 'Found, and what to do']}>
              {agentsOf(checks).map((agent) => (
                <tr key={agent.name}>
                  <th scope="row">{agent.name}</th>
                  <td title={agent.text}>{agent.version ?? '–'}</td>
                  <td>{agent.protocols ?? ''}</td>
                  <td>
                    <State of={logins[agent.login].of} words={logins[agent.login].words} />
                  </td>
                  <td>
                    {agent.text}
                    {agent.fix && <p>→ {agent.fix}</p>}
                  </td>
                </tr>
              ))}
            </Table>
          </>
        )}
      </Reading>
      <h3>Hand out work from your own agent</h3>
      <p className="quiet">Runs get the daemon’s tools by themselves. For the agent you talk to yourself, add them once:</p>
      {snippets.map((each) => (
        <div key={each.title} className="stack-tight">
          <span>{each.title}</span>
          <div className="row">
            <pre className="settings-secret grow">
              <code>{each.text}</code>
            </pre>
            <button type="button" className="button" aria-label={`Copy for ${each.title}`} onClick={() => copy(each.text)}>
              Copy
            </button>
          </div>
        </div>
      ))}
    </>
  );
}
