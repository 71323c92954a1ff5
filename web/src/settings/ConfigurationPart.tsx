import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Reading } from '../parts/Reading';
import { useUrlState } from '../parts/urlState';
import { Table } from '../parts/Table';
import { configQuery, type Setting } from './queries';
import { found, valueText } from './settings';
import { SettingForm } from './SettingForm';
import { projectsQuery } from '../api/shared';

/** Every setting in force with its origin; one key at a time is set, and what would not hold is refused in place. */
export default function ConfigurationPart() {
  const [project, setProject] = useUrlState('project', '');
  const [words, setWords] = useUrlState('find', '');
  const projects = useQuery(projectsQuery).data?.projects ?? [];
  const config = useQuery(configQuery(project));
  return (
    <>
      <div className="settings-form">
        <label className="field">
          <span>Find a key, a value or an origin</span>
          <input className="input" type="search" value={words} onChange={(event) => setWords(event.target.value)} />
        </label>
        <label className="field">
          <span>With the own file of a project on top</span>
          <select className="input" value={project} onChange={(event) => setProject(event.target.value)}>
            <option value="">none</option>
            {projects.map((each) => (
              <option key={each.name}>{each.name}</option>
            ))}
          </select>
        </label>
      </div>
      <Reading of={config}>
        {({ settings, file, warnings, problems }) => (
          <>
            <p className="quiet">
              The user's file is <code>{file}</code>. An edit of it holds at once.
            </p>
            {problems.map((each) => (
              <p key={each} role="alert" className="note state-bad">
                {each} What held before still does.
              </p>
            ))}
            {warnings.map((each) => (
              <p key={each} className="note state-warn">
                {each}
              </p>
            ))}
            <details className="panel">
              <summary>Set another key</summary>
              <SettingForm settingKey={null} value="" />
            </details>
            <SettingTable rows={found(settings, words)} />
          </>
        )}
      </Reading>
    </>
  );
}

function SettingTable({ rows }: { rows: readonly Setting[] }) {
  if (rows.length === 0) return <p className="quiet">No setting has these words.</p>;
  return (
    <Table label="Settings with their origin" heads={['Key', 'Value', 'Origin']}>
      {rows.map((row) => (
        <Row key={row.key} row={row} />
      ))}
    </Table>
  );
}

function Row({ row }: { row: Setting }) {
  const [open, setOpen] = useState(false);
  return (
    <tr>
      <th scope="row">
        <code>{row.key}</code>
      </th>
      <td className="settings-value">
        {open ? (
          <SettingForm settingKey={row.key} value={valueText(row.value)} onDone={() => setOpen(false)} />
        ) : (
          <span className="row">
            <code className="grow">{valueText(row.value)}</code>
            <button type="button" className="button button-small" aria-label={`Change ${row.key}`} onClick={() => setOpen(true)}>
              Change
            </button>
          </span>
        )}
      </td>
      <td className="quiet">{row.origin}</td>
    </tr>
  );
}
