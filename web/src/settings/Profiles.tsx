import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Got } from '../api/answer';
import { getJson, withQuery, wordsOf } from '../api/http';
import { projectsQuery } from '../api/shared';
import { Reading } from '../parts/Reading';
import { Tag } from '../parts/State';
import { useAct } from '../parts/useAct';
import { Table } from '../parts/Table';
import { configQuery } from './queries';
import { limitsOf } from './settings';

/** Names for an agent with its settings, and where each comes from; and which of them a run would get. */
export default function Profiles() {
  const config = useQuery(configQuery(''));
  return (
    <>
      <Reading of={config}>
        {({ profiles, settings }) => (
          <Table label="Profiles" heads={['Name', 'Agent and model', 'May do', 'Limits', 'Then', 'From']}>
            {profiles.map((each) => (
              <tr key={each.name}>
                <th scope="row">{each.name}</th>
                <td>
                  {each.agent}
                  {each.protocol && ` by ${each.protocol}`}
                  {each.model && (
                    <>
                      , <code>{each.model}</code>
                    </>
                  )}
                  {each.effort && `, effort ${each.effort}`}
                </td>
                <td>
                  <Tag title={`sandbox: ${each.sandbox}`}>{each.protection}</Tag>
                  {each.approval && ` ${each.approval.replace('-', ' ')}`}
                </td>
                <td>{limitsOf(each.name, settings) || <span className="quiet">none of its own</span>}</td>
                <td>{each.escalates_to ? `→ ${each.escalates_to}` : ''}</td>
                <td className="quiet">{each.origin}</td>
              </tr>
            ))}
          </Table>
        )}
      </Reading>
      <p className="quiet">
        A profile is changed by its keys: <Link href="/app/settings/configuration?find=profiles.">Configuration</Link>, for example{' '}
        <code>profiles.spark.model</code>.
      </p>
      <TryRoute />
    </>
  );
}

type Tried = Got<'/route/try'>;
const fields = [
  ['phase', 'Phase: plan, manage, code, ui, review'],
  ['kind', 'Kind of work'],
  ['labels', 'Labels, with commas'],
  ['profile', 'Profile the request names'],
] as const;

function TryRoute() {
  const projects = useQuery(projectsQuery).data?.projects ?? [];
  const [asked, setAsked] = useState<Record<string, string>>({});
  const tried = useAct(() => getJson<Tried>(withQuery('/route/try', asked)), { showsProblem: true });
  return (
    <section className="panel stack-tight" aria-labelledby="try-route">
      <h3 id="try-route">Which profile would a run get?</h3>
      <form
        className="settings-form"
        onSubmit={(event) => {
          event.preventDefault();
          tried.mutate(undefined);
        }}
      >
        <label className="field">
          <span>Project</span>
          <select
            className="input"
            value={asked['project'] ?? ''}
            onChange={(event) => setAsked({ ...asked, project: event.target.value })}
          >
            <option value="">none</option>
            {projects.map((each) => (
              <option key={each.name}>{each.name}</option>
            ))}
          </select>
        </label>
        {fields.map(([name, words]) => (
          <label key={name} className="field">
            <span>{words}</span>
            <input className="input" value={asked[name] ?? ''} onChange={(event) => setAsked({ ...asked, [name]: event.target.value })} />
          </label>
        ))}
        <button type="submit" className="button">
          Try
        </button>
      </form>
      <div aria-live="polite" className="stack-tight">
        {tried.error && <p className="state-bad">{wordsOf(tried.error)}</p>}
        {tried.data && <RouteAnswer of={tried.data} />}
      </div>
    </section>
  );
}

function RouteAnswer({ of }: { of: Tried }) {
  return (
    <>
      <p>
        <strong>{of.profile}</strong> ({of.agent}
        {of.model && `, ${of.model}`}): {of.why}
      </p>
      <ol className="plans-units">
        {of.steps.map((step, at) => (
          <li key={at} className={step.chosen ? '' : 'quiet'}>
            <span aria-hidden="true">{step.chosen ? '✓' : step.hit ? '•' : '–'}</span> {step.source}
            {step.place && ` (${step.place})`}
            {step.profile && ` → ${step.profile}`}: {step.why}
          </li>
        ))}
      </ol>
    </>
  );
}
