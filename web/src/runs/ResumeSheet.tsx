import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { cache } from '../api/client';
import { send } from '../api/http';
import type { Run } from '../api/types';
import { profilesQuery } from '../api/shared';
import { runPath } from '../app/routes';
import { tell, tellProblem } from '../app/toasts';
import { Sheet } from '../parts/Sheet';

interface Words {
  prompt: string;
  profile: string;
}

/** Goes on with the run's own conversation, or begins one in its session, and shows the run that follows. */
function useResume(run: Run, isFresh: boolean, close: () => void) {
  const [, go] = useLocation();
  return useMutation({
    mutationFn: (words: Words) => {
      const body = { ...words, idempotency_key: crypto.randomUUID() };
      return isFresh
        ? send<{ run: Run; note?: string | null }>('POST', `/sessions/${run.session_id}/messages`, {
            role: 'user',
            text: words.prompt,
            profile: words.profile,
            idempotency_key: body.idempotency_key,
          })
        : send<{ run: Run; note?: string | null }>('POST', `/runs/${run.id}/resume`, body);
    },
    onSuccess: ({ run: next, note }) => {
      close();
      tell(note ?? 'A new run goes on with it.');
      void cache.invalidateQueries({ queryKey: ['runs'] });
      go(runPath(next.id));
    },
    onError: tellProblem,
  });
}

/** Asks what the run is told, and by which profile it goes on. */
export function ResumeSheet({ run, close }: { run: Run; close: () => void }) {
  const profiles = useQuery(profilesQuery).data?.profiles ?? [];
  const [profile, setProfile] = useState(run.profile);
  const [prompt, setPrompt] = useState('');
  const chosen = profiles.find((one) => one.name === profile);
  // Only the agent that has the conversation can go on with it; another one gets the words in the same session and workspace.
  const isFresh = run.started_at === null || (chosen !== undefined && chosen.agent !== run.agent);
  const why = chosen && chosen.agent !== run.agent ? `Profile ${profile} is another agent (${chosen.agent})` : 'This run never began';
  const resume = useResume(run, isFresh, close);
  const submit = (): void => {
    if (prompt.trim() && !resume.isPending) resume.mutate({ prompt, profile });
  };
  return (
    <Sheet open onOpenChange={close} title="Resume this run">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <label className="field">
          <span>Profile</span>
          <select className="input" value={profile} onChange={(event) => setProfile(event.target.value)}>
            {[...new Set([run.profile, ...profiles.map((one) => one.name)])].map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>What it is told</span>
          <textarea
            className="input"
            rows={5}
            value={prompt}
            autoFocus
            onChange={(event) => setPrompt(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
            }}
          />
        </label>
        <p className="quiet">
          A new run starts in the same session and the same workspace
          {run.workspace?.branch ? `, on branch ${run.workspace.branch}` : ''}.{' '}
          {isFresh
            ? `${why}: it does not know this conversation but sees the files as they are. Tell it what it needs.`
            : 'The agent goes on with its conversation.'}
        </p>
        <p className="row">
          <button type="submit" className="button button-main" disabled={!prompt.trim() || resume.isPending}>
            Resume <kbd>Ctrl ⏎</kbd>
          </button>
        </p>
      </form>
    </Sheet>
  );
}
