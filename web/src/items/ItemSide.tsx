import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Got } from '../api/answer';
import type { Item } from '../api/types';
import { itemQuery, profilesQuery } from '../api/shared';
import { itemPath } from '../app/routes';
import { State, Tag } from '../parts/State';
import { Ago } from '../parts/Time';
import { cleanLine, linkOf, inPlainWords } from '../parts/text';
import { edit } from './actions';
import { stepsQuery } from './queries';

function Choice({
  label,
  value,
  options,
  empty,
  choose,
}: {
  label: string;
  value: string;
  options: readonly string[];
  empty?: string;
  choose: (value: string) => void;
}) {
  return (
    <label className="item-fact">
      <span className="quiet">{label}</span>
      <select className="input" value={value} onChange={(event) => choose(event.target.value)}>
        {empty !== undefined && <option value="">{empty}</option>}
        {(options.includes(value) || value === '' ? options : [value, ...options]).map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </label>
  );
}

/** What can be set at once, and what is only told. */
export function Facts({ item }: { item: Item }) {
  const profiles = useQuery(profilesQuery).data?.profiles.map((profile) => profile.name) ?? [];
  return (
    <section className="panel item-facts" aria-label="Facts">
      <Choice
        label="Priority"
        value={item.priority}
        options={['urgent', 'high', 'medium', 'low']}
        choose={(priority) => void edit(item, { priority: priority as Item['priority'] })}
      />
      <Choice
        label="Profile"
        value={item.profile ?? ''}
        options={profiles}
        empty="the project’s"
        choose={(profile) => void edit(item, { profile })}
      />
      <Choice
        label="Criticality"
        value={item.criticality}
        options={['low', 'normal', 'high']}
        choose={(criticality) => void edit(item, { criticality: criticality as Item['criticality'] })}
      />
      {item.labels.length > 0 && (
        <div className="item-fact">
          <span className="quiet">Labels</span>
          <span className="row">
            {item.labels.map((label) => (
              <Tag key={label}>{label}</Tag>
            ))}
          </span>
        </div>
      )}
      <div className="item-fact">
        <span className="quiet">Added</span>
        <span>
          by {item.created_by}, <Ago at={item.created_at} />
        </span>
      </div>
      {item.due_date && (
        <div className="item-fact">
          <span className="quiet">Due</span>
          <span>{item.due_date}</span>
        </div>
      )}
    </section>
  );
}

/** Why it does not start, from the same predicates that decide it, but for what stands above already. */
export function Why({ why, shown }: { why: Got<'/items/{id}/why'> | undefined; shown: readonly string[] }) {
  if (!why || ['done', 'canceled', 'skipped', 'in_flight', 'review'].includes(why.status)) return null;
  const causes = why.causes.filter((cause) => !shown.includes(cause.text));
  if (causes.length === 0 && !why.may_start) return null;
  return (
    <section className="panel stack" aria-labelledby="why">
      <h2 id="why">{why.may_start ? 'It may start' : 'Why it does not start'}</h2>
      {causes.length > 0 && (
        <ul className="item-list">
          {causes.map((cause) => (
            <li key={cause.code + cause.text} title={cause.text}>
              {cleanLine(inPlainWords(cause.text))}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Other({ id }: { id: string }) {
  const item = useQuery(itemQuery(id)).data;
  return (
    <li className="item-other">
      <Link href={itemPath(id)}>{item ? `#${item.number} ${cleanLine(item.title)}` : id.slice(0, 8)}</Link>
      {item && <State of={item.status ?? 'inbox'} />}
    </li>
  );
}

function Others({ title, ids }: { title: string; ids: readonly string[] }) {
  if (ids.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul className="item-list">
        {ids.map((id) => (
          <Other key={id} id={id} />
        ))}
      </ul>
    </>
  );
}

/** What it waits for and what waits for it; its steps. */
export function Connections({ item }: { item: Item }) {
  const [steps] = useQueries({ queries: [{ ...stepsQuery(item.id), enabled: item.steps > 0 }] });
  if (item.blocked_by.length + item.blocks.length + item.steps === 0) return null;
  return (
    <section className="panel stack" aria-label="Connections">
      <h2>Connections</h2>
      <Others title={`Waits for (${item.open_dependencies} open)`} ids={item.blocked_by} />
      <Others title="Waiting for it" ids={item.blocks} />
      {item.steps > 0 && <Others title="Its steps" ids={steps.data?.map((step) => step.id) ?? []} />}
    </section>
  );
}

function Paths({ title, paths, says }: { title: string; paths: readonly string[]; says?: string }) {
  if (paths.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      {says && <p className="quiet">{says}</p>}
      <ul className="item-list mono">
        {paths.map((path) => (
          <li key={path}>{cleanLine(path)}</li>
        ))}
      </ul>
    </>
  );
}

/** Files it claims, files its runs changed, and what came out. */
export function Files({ item, changed }: { item: Item; changed: readonly string[] }) {
  const { writes, reads, touched, artifacts } = item;
  if (writes.length + reads.length + touched.length + changed.length + artifacts.length === 0) return null;
  return (
    <section className="panel stack" aria-label="Files">
      <h2>Files</h2>
      <Paths title="Claims to write" paths={writes} />
      <Paths title="Claims to read" paths={reads} />
      <Paths title="Changed besides" paths={touched} says="Not declared; they count as claimed since." />
      <Paths title="Changed by the last run" paths={changed} />
      {artifacts.length > 0 && (
        <>
          <h3>Artifacts</h3>
          <ul className="item-list">
            {artifacts.map((artifact) => {
              const link = artifact.path ? linkOf(artifact.path) : null;
              const name = cleanLine(artifact.name ?? artifact.path ?? artifact.type);
              return (
                <li key={artifact.id}>
                  {link ? (
                    <a href={link.href} rel="noopener noreferrer" target="_blank">
                      {name} <span className="quiet">on {link.host}</span>
                    </a>
                  ) : (
                    <span className="mono">{name}</span>
                  )}
                  {artifact.description && <span className="quiet"> {cleanLine(artifact.description)}</span>}
                </li>
              );
            })}
          </ul>
        </>
      )}
    </section>
  );
}
