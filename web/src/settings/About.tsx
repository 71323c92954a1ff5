import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { applyTheme, chosenTheme, type Theme } from '../app/theme';
import { Reading } from '../parts/Reading';
import { State } from '../parts/State';
import { lengthOf } from '../parts/Time';
import { statusQuery } from '../api/shared';

const themes: readonly (readonly [Theme, string])[] = [
  ['system', 'as the system'],
  ['light', 'light'],
  ['dark', 'dark'],
];

/** Light or dark, for this browser; and what answers here. */
export function About() {
  const [theme, setTheme] = useState(chosenTheme());
  const about = useQuery(statusQuery);
  return (
    <>
      <fieldset className="row">
        <legend>Theme of this browser</legend>
        {themes.map(([each, words]) => (
          <label key={each} className="choice">
            <input
              type="radio"
              name="theme"
              checked={theme === each}
              onChange={() => {
                setTheme(each);
                applyTheme(each);
              }}
            />{' '}
            {words}
          </label>
        ))}
      </fieldset>
      <Reading of={about}>
        {(status) => (
          <dl className="settings-facts">
            <dt>Daemon</dt>
            <dd>
              <State of={status.daemon_health} /> {status.reasons.join(' ')}
            </dd>
            <dt>Version</dt>
            <dd>{status.version}</dd>
            <dt>Runs since</dt>
            <dd>
              {new Date(status.started_at).toLocaleString()} ({lengthOf(status.uptime_s * 1_000)}), process {status.pid}
            </dd>
            <dt>Store</dt>
            <dd>
              {status.store.kind} {status.store.version}, {status.store.events} events, <code>{status.store.path}</code>
            </dd>
            <dt>Data folder</dt>
            <dd>
              <code>{status.data_folder}</code>
            </dd>
            <dt>Runs at once</dt>
            <dd>{status.max_concurrency}</dd>
            <dt>Can</dt>
            <dd>
              {status.capabilities.map((each) => (
                <code key={each}>{each} </code>
              ))}
            </dd>
          </dl>
        )}
      </Reading>
    </>
  );
}
