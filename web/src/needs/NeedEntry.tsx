import { queryOptions, useQuery } from '@tanstack/react-query';
import { memo } from 'react';
import { Link } from 'wouter';
import { getJson } from '../api/http';
import type { Need, RunRequest } from '../api/types';
import { itemPath, runPath } from '../app/routes';
import { Tag } from '../parts/State';
import { Ago } from '../parts/Time';
import { clean, cleanLine } from '../parts/text';
import { NeedActions, type Writing } from './NeedActions';
import { detailOf, followsOf, kinds, saysOf } from './words';

/** Every open request with its detail and its chain; the list of needs has only what it takes to see them. */
export const requestsQuery = queryOptions({
  queryKey: ['requests', 'open'],
  queryFn: async ({ signal }) => (await getJson<{ requests: RunRequest[] }>('/requests?state=open&limit=500', signal)).requests,
});

interface Props {
  need: Need;
  equal: readonly Need[];
  isCurrent: boolean;
  writing: Writing;
  setWriting: (need: string, writing: Writing) => void;
  onFocus: (need: string) => void;
}

function Asker({ request }: { request: RunRequest }) {
  if (request.chain.length === 0) return null;
  return (
    <p className="quiet">
      Asked by{' '}
      {request.chain.map((link, at) => (
        <span key={link.session_id}>
          {at > 0 && ' ‹ '}
          {cleanLine(link.title ?? link.session_id.slice(0, 8))}
        </span>
      ))}
    </p>
  );
}

/** A change line by line: what comes and what goes has its sign and its ground. */
function Change({ text }: { text: string }) {
  return (
    <pre className="need-command" tabIndex={0} role="region" aria-label="The exact change">
      {text.split('\n').map((line, at) => (
        <code key={at} className={line.startsWith('+') ? 'need-added' : line.startsWith('-') ? 'need-removed' : undefined}>
          {line}
          {'\n'}
        </code>
      ))}
    </pre>
  );
}

function Exact({ need, request }: { need: Need; request: RunRequest | undefined }) {
  const detail = detailOf(request);
  if (need.command === null && detail.rest === null) return null;
  return (
    <div className="need-exact">
      {need.command !== null &&
        (detail.diff === null ? (
          <pre className="need-command" tabIndex={0} role="region" aria-label="The exact command">
            <code>{clean(need.command)}</code>
          </pre>
        ) : (
          <Change text={clean(need.command)} />
        ))}
      {(need.folder || detail.tool) && (
        <p className="quiet">
          {detail.tool && <>by {detail.tool} </>}
          {need.folder && (
            <>
              in <span className="mono">{cleanLine(need.folder)}</span>
            </>
          )}
        </p>
      )}
      {detail.rest !== null && (
        <details>
          <summary>All that was said of it</summary>
          <pre className="need-command" tabIndex={0} role="region" aria-label="Detail">
            <code>{clean(detail.rest)}</code>
          </pre>
        </details>
      )}
    </div>
  );
}

function Follows({ need, request }: { need: Need; request: RunRequest | undefined }) {
  if (need.kind !== 'approval') return null;
  const follows = followsOf(need, request);
  return (
    <p className="quiet need-follows">
      Yes: {follows.yes} No: {follows.no}
      {follows.silence && ` ${follows.silence}`}
    </p>
  );
}

/** One thing that waits for a person, with everything that is to be known before it is answered. */
export const NeedEntry = memo(function NeedEntry({ need, equal, isCurrent, writing, setWriting, onFocus }: Props) {
  const request = useQuery({ ...requestsQuery, enabled: need.request_id !== null }).data?.find((one) => one.id === need.request_id);
  const kind = kinds[need.kind];
  const titleId = `need-${need.id}`;
  return (
    <article
      className={`need${isCurrent ? ' need-current' : ''}`}
      data-need={need.id}
      tabIndex={isCurrent ? 0 : -1}
      aria-labelledby={titleId}
      onFocus={() => onFocus(need.id)}
    >
      <div className="need-head">
        <span className={`state state-${kind?.tone ?? 'warn'}`}>
          <span aria-hidden="true">{kind?.sign ?? '•'}</span> {kind?.title ?? need.kind}
        </span>
        {need.risk && <Tag tone={need.risk === 'high' ? 'bad' : 'warn'}>risk: {need.risk}</Tag>}
        {need.number !== null && <span className="quiet">#{need.number}</span>}
        {need.project && <span className="quiet">{need.project}</span>}
        <span className="grow" />
        <span className="quiet">
          <Ago at={need.since} />
        </span>
      </div>
      <h2 id={titleId} className="need-title">
        {cleanLine(need.title)}
      </h2>
      {need.text !== need.title && need.text !== '' && <p className="need-text">{clean(saysOf(need))}</p>}
      <Exact need={need} request={request} />
      {request && <Asker request={request} />}
      <Follows need={need} request={request} />
      <NeedActions need={need} equal={equal} writing={writing} setWriting={(next) => setWriting(need.id, next)} />
      <p className="need-links">
        {need.item_id && <Link href={itemPath(need.item_id)}>Item</Link>}
        {need.run_id && <Link href={runPath(need.run_id)}>Run</Link>}
      </p>
    </article>
  );
});
