import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Need } from '../api/types';
import { NeedActions, type Writing } from '../needs/NeedActions';
import { needsQuery } from '../needs/queries';
import { byUrgency, equalTo, kinds, placeOf, saysOf } from '../needs/words';
import { Ago } from '../parts/Time';
import { cleanLine } from '../parts/text';
import './lane.css';

const kept = 'board.needs-lane';
/** More than these are on the page of needs. */
const most = 12;

function Short({ need, needs }: { need: Need; needs: readonly Need[] }) {
  const [writing, setWriting] = useState<Writing>(null);
  const kind = kinds[need.kind];
  return (
    <li className="lane-need">
      <div className="need-head">
        <span className={`state state-${kind?.tone ?? 'warn'}`}>
          <span aria-hidden="true">{kind?.sign ?? '•'}</span> {kind?.title ?? need.kind}
        </span>
        <span className="grow" />
        <span className="quiet">
          <Ago at={need.since} />
        </span>
      </div>
      <Link className="lane-title" href={placeOf(need)} title={need.title}>
        {cleanLine(need.title)}
      </Link>
      {!need.command && need.text !== need.title && (
        <p className="lane-text quiet" title={need.text}>
          {cleanLine(saysOf(need))}
        </p>
      )}
      {need.command && (
        <code className="clip lane-command" title={need.command}>
          {cleanLine(need.command)}
        </code>
      )}
      <NeedActions need={need} equal={equalTo(need, needs)} writing={writing} setWriting={setWriting} isCompact />
    </li>
  );
}

/** What waits for a person, above all columns. */
export function NeedsLane() {
  const needs = byUrgency(useQuery(needsQuery).data?.needs ?? []);
  const [isOpen, setOpen] = useState(() => localStorage.getItem(kept) !== 'closed');
  if (needs.length === 0) return null;
  const toggle = (): void => {
    localStorage.setItem(kept, isOpen ? 'closed' : 'open');
    setOpen(!isOpen);
  };
  return (
    <section className="lane" aria-label="Needs you">
      <div className="row">
        <h2>
          <button type="button" className="lane-toggle" aria-expanded={isOpen} onClick={toggle}>
            <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> Needs you <span className="quiet">{needs.length}</span>
          </button>
        </h2>
        <span className="grow" />
        <Link href="/app/needs">All of it</Link>
      </div>
      {isOpen && (
        <ul className="lane-list">
          {needs.slice(0, most).map((need) => (
            <Short key={need.id} need={need} needs={needs} />
          ))}
          {needs.length > most && (
            <li className="lane-need">
              <Link href="/app/needs">and {needs.length - most} more</Link>
            </li>
          )}
        </ul>
      )}
    </section>
  );
}
