import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import type { Finding, Run } from '../api/types';
import { itemPath, runPath } from '../app/routes';
import { tell } from '../app/toasts';
import { Diff, fileElementId, type DiffExtras } from '../parts/Diff';
import { DiffBar, useDiffLook } from '../parts/DiffBar';
import type { FileDiff } from '../parts/diffText';
import { Empty, Reading, Waiting } from '../parts/Reading';
import { State } from '../parts/State';
import { cleanLine } from '../parts/text';
import { runDeliveriesQuery, runQuery } from '../runs/queries';
import { CommentEditor, type Editing } from './CommentEditor';
import { DecisionSheet } from './DecisionSheet';
import { Deliveries } from './Deliveries';
import { DeliverSheet } from './DeliverSheet';
import { FileTree } from './FileTree';
import { FindingView } from './FindingView';
import { current, place, type Placed } from './findings';
import { diffQuery, reviewQuery, type Review } from './queries';
import { Summary } from './Summary';
import { filtered, sunken } from './tree';
import { useReviewKeys, type Asked } from './useReviewKeys';
import { useViewed } from './viewed';
import './review.css';
import '../runs/conversation.css';

/** Everything a person looks at before work is accepted, and the words to say about it. */
export default function ReviewPage() {
  const { id } = useParams<{ id: string }>();
  const review = useQuery({ ...reviewQuery(id), refetchOnMount: 'always' });
  // What was read when the page was open before may be an earlier attempt's work, with buttons that decide about this one's.
  if (review.isFetching && !review.isFetchedAfterMount) return <Waiting />;
  return <Reading of={review}>{(found) => <Loaded id={id} review={found} />}</Reading>;
}

function Loaded({ id, review }: { id: string; review: Review }) {
  const run = useQuery({ ...runQuery(review.run_id ?? ''), enabled: review.run_id !== null });
  const diff = useQuery({ ...diffQuery(review.run_id ?? ''), enabled: review.run_id !== null });
  if (review.run_id === null)
    return (
      <div className="stack">
        <h1>{cleanLine(review.title)}</h1>
        <Empty>
          No run of this daemon did work on it: there are no changes to look at. <Link href={itemPath(id)}>To the item</Link>
        </Empty>
      </div>
    );
  return (
    <Reading of={run}>
      {(author) => <Reading of={diff}>{(files) => <Body id={id} review={review} run={author} files={files} />}</Reading>}
    </Reading>
  );
}

function Body({ id, review, run, files }: { id: string; review: Review; run: Run; files: FileDiff[] }) {
  const [, go] = useLocation();
  const [asked, ask] = useState<Asked | null>(null);
  const deliveries = useQuery(runDeliveriesQuery(run.id)).data ?? [];
  const findings = useMemo(() => current(review.findings), [review.findings]);
  const canBlock = review.status === 'review';
  const close = (): void => ask(null);
  const done = useCallback((next: Run | null) => go(next ? runPath(next.id) : itemPath(id)), [go, id]);
  return (
    <div className="review">
      <Head id={id} review={review} run={run} findings={findings} ask={ask} />
      <Deliveries deliveries={deliveries} run={run} deliver={() => ask('deliver')} block={canBlock ? () => ask('block') : null} />
      <Summary
        review={review}
        reviewId={id}
        general={
          place(
            files,
            findings.filter((one) => one.state !== 'deferred'),
          ).general
        }
        debt={findings.filter((one) => one.state === 'deferred')}
      />
      <Changes id={id} files={files} findings={findings.filter((one) => one.state !== 'deferred')} ask={ask} canDecide={canBlock} />
      {asked === 'deliver' && <DeliverSheet run={run} close={close} />}
      {asked !== null && asked !== 'deliver' && (
        <DecisionSheet decision={asked} reviewId={id} runId={run.id} findings={findings} close={close} onDone={done} />
      )}
    </div>
  );
}

function Head({
  id,
  review,
  run,
  findings,
  ask,
}: {
  id: string;
  review: Review;
  run: Run;
  findings: readonly Finding[];
  ask: (what: Asked) => void;
}) {
  const isItem = review.item_id !== null;
  const inReview = review.status === 'review';
  const drafts = findings.filter((one) => one.state === 'draft').length;
  const why = inReview ? undefined : `The item is ${review.status.replace('_', ' ')}: there is nothing to decide.`;
  const button = (what: Asked, words: string, keys: string, tone = ''): React.ReactNode => (
    <button
      type="button"
      className={`button ${tone}`}
      disabled={what !== 'deliver' && what !== 'fix' && why !== undefined}
      title={what === 'deliver' ? undefined : why}
      onClick={() => ask(what)}
    >
      {words} <kbd>{keys}</kbd>
    </button>
  );
  return (
    <header className="review-head">
      <div className="row">
        <h1 className="grow">{cleanLine(review.title)}</h1>
        <State of={review.status} />
      </div>
      {review.waits_for && <p className="quiet">{cleanLine(review.waits_for.replace(/ agentctl review \S+$/, ''))}</p>}
      <div className="row">
        {isItem && <Link href={itemPath(review.item_id!)}>Item</Link>}
        <Link href={runPath(run.id)}>Run {run.id.slice(0, 8)}</Link>
        {isItem && <Link href={`${itemPath(id)}/timeline`}>Timeline</Link>}
        <span className="grow" />
        {isItem && button('accept', 'Accept', 'a', 'button-main')}
        {button('fix', drafts > 0 ? `Send back ${drafts} ${drafts === 1 ? 'comment' : 'comments'}` : 'Send back', 'f')}
        {isItem && inReview && button('again', 'Look again', 'r')}
        {button('deliver', 'Merge or pull request', 'm')}
        {isItem && button('block', 'Block', 'b')}
        {isItem && inReview && button('reject', 'Reject', '⇧ x', 'button-bad')}
      </div>
    </header>
  );
}

function Changes({
  id,
  files,
  findings,
  ask,
  canDecide,
}: {
  id: string;
  files: FileDiff[];
  findings: readonly Finding[];
  ask: (what: Asked) => void;
  canDecide: boolean;
}) {
  const [look, setLook] = useDiffLook();
  const [words, setWords] = useState('');
  const [at, setAt] = useState<string | null>(null);
  const [editing, edit] = useState<Editing | null>(null);
  const viewed = useViewed(id);
  const [shut, setShut] = useState<ReadonlySet<string>>(() => new Set(files.filter(viewed.has).map((file) => file.path)));
  const onShut = useCallback((path: string, isShut: boolean) => setShut((before) => withPath(before, path, isShut)), []);
  const shown = useMemo(() => sunken(filtered(files, words), viewed.has), [files, words, viewed]);
  const placed = useMemo(() => place(files, findings), [files, findings]);
  const goTo = useCallback((path: string) => {
    setAt(path);
    const element = document.getElementById(fileElementId(path));
    element?.scrollIntoView({ block: 'start' });
    element?.focus({ preventScroll: true });
  }, []);
  const setViewed = useCallback(
    (file: FileDiff, isViewed: boolean) => {
      viewed.set(file, isViewed);
      onShut(file.path, isViewed);
    },
    [viewed, onShut],
  );
  useReviewKeys({
    shown,
    at,
    goTo,
    ask,
    canDecide,
    look,
    setLook,
    toggleViewed: (file) => {
      const wasViewed = viewed.has(file);
      const next = wasViewed ? file : (shown[shown.indexOf(file) + 1] ?? file);
      setViewed(file, !wasViewed);
      tell(wasViewed ? 'Not viewed any more' : 'Viewed');
      // The file sinks to the end: the keys go on with the one that was after it.
      requestAnimationFrame(() => goTo(next.path));
    },
  });
  const extras = useExtras(id, placed, editing, edit, viewed.has, setViewed);
  if (files.length === 0) return <Empty>The last run changed nothing.</Empty>;
  return (
    <section className="review-changes" aria-label="Changes">
      <FileTree
        all={files}
        files={filtered(files, words)}
        words={words}
        setWords={setWords}
        at={at}
        placed={placed}
        isViewed={viewed.has}
        go={goTo}
      />
      <div className="review-diff">
        <h2 className="hidden-text">Changes</h2>
        <DiffBar look={look} set={setLook}>
          <button
            type="button"
            className="button button-small"
            onClick={() => setShut(shut.size > 0 ? new Set() : new Set(files.map((file) => file.path)))}
          >
            {shut.size > 0 ? 'Unfold all' : 'Fold all'}
          </button>
        </DiffBar>
        <Diff files={shown} look={look} extras={extras} shut={shut} onShut={onShut} />
      </div>
    </section>
  );
}

/** What stands at the lines of the diff: findings, comments, the editor; and the marks of what was viewed. */
function useExtras(
  id: string,
  placed: Placed,
  editing: Editing | null,
  edit: (editing: Editing | null) => void,
  has: (file: FileDiff) => boolean,
  setViewed: (file: FileDiff, isViewed: boolean) => void,
): DiffExtras {
  return useMemo<DiffExtras>(
    () => ({
      onPick: (path, picked) => edit({ path, picked, isRemoved: picked.removed !== null && picked.endLine === null }),
      above: (file) => {
        const outside = placed.files.get(file.path)?.outside ?? [];
        return outside.length > 0 ? (
          <div className="diff-note stack">
            {outside.map((finding) => (
              <FindingView key={finding.id} finding={finding} reviewId={id} showPlace />
            ))}
          </div>
        ) : null;
      },
      below: (path, line) => {
        const here = placed.files.get(path)?.at.get(line) ?? [];
        const isHere = editing?.path === path && (editing.picked.endLine ?? editing.picked.line) === line;
        if (here.length === 0 && !isHere) return null;
        return (
          <div className="stack">
            {here.map((finding) => (
              <FindingView key={finding.id} finding={finding} reviewId={id} />
            ))}
            {isHere && <CommentEditor reviewId={id} editing={editing} close={() => edit(null)} />}
          </div>
        );
      },
      viewed: { has, set: setViewed },
    }),
    [placed, editing, edit, id, has, setViewed],
  );
}

function withPath(set: ReadonlySet<string>, one: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(set);
  if (isIn) next.add(one);
  else next.delete(one);
  return next;
}
