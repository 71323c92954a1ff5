import type { ComponentType } from 'react';
import { Link, useParams } from 'wouter';
import { later } from '../app/later';
import { About } from './About';
import './settings.css';

const parts: readonly { id: string; title: string; view: ComponentType }[] = [
  { id: 'profiles', title: 'Profiles', view: later(() => import('./Profiles')) },
  { id: 'projects', title: 'Projects', view: later(() => import('./Projects')) },
  { id: 'rules', title: 'Request rules', view: later(() => import('./Rules')) },
  { id: 'configuration', title: 'Configuration', view: later(() => import('./ConfigurationPart')) },
  { id: 'tokens', title: 'Tokens and devices', view: later(() => import('./Tokens')) },
  { id: 'notifications', title: 'Notifications', view: later(() => import('./Notifications')) },
  { id: 'agents', title: 'Agents', view: later(() => import('./Agents')) },
  { id: 'doctor', title: 'Doctor', view: later(() => import('./Doctor')) },
  { id: 'about', title: 'Look and about', view: About },
];

/** Everything that is set, part by part; each part has its own address. */
export default function SettingsPage() {
  const { part: wanted } = useParams<{ part?: string }>();
  const chosen = parts.find((each) => each.id === wanted) ?? parts[0]!;
  return (
    <div className="settings">
      <h1>Settings</h1>
      <nav aria-label="Settings" className="settings-nav">
        {parts.map((each) => (
          <Link
            key={each.id}
            href={`/app/settings/${each.id}`}
            className="settings-link"
            aria-current={each === chosen ? 'page' : undefined}
          >
            {each.title}
          </Link>
        ))}
      </nav>
      <section aria-labelledby="settings-part" className="settings-part stack">
        <h2 id="settings-part">{chosen.title}</h2>
        <chosen.view key={chosen.id} />
      </section>
    </div>
  );
}
