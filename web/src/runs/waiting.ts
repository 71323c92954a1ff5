import { useMutation } from '@tanstack/react-query';
import { cache } from '../api/client';
import { send } from '../api/http';
import type { Message, Run } from '../api/types';
import { tell, tellProblem } from '../app/toasts';

/** How a message that waits is told now: into the turn that runs, or instead of it. */
export type Urgency = 'steer' | 'interrupt';

const readAnew = (): void => ['messages', 'runs', 'sessions'].forEach((name) => void cache.invalidateQueries({ queryKey: [name] }));

function wordsOf(run: Run, how: Urgency): string {
  if (how === 'interrupt') return 'What runs is stopped; this comes next.';
  return run.status === 'queued' ? 'No turn runs that it could go into: it is the next.' : 'Sent into the running turn.';
}

/** What can be done with a message that no agent has yet. Each is one step of the daemon: it is told once, or not at all. */
export function useWaiting(message: Message) {
  const path = `/messages/${message.id}`;
  const common = { onError: tellProblem, onSettled: readAnew };
  const edit = useMutation({
    ...common,
    mutationFn: (text: string) => send('PATCH', path, { text }),
    onSuccess: () => tell('Changed.'),
  });
  const hasten = useMutation({
    mutationFn: (how: Urgency) => send<{ run: Run }>('PATCH', path, { mode: how }),
    onSuccess: ({ run }, how) => tell(wordsOf(run, how)),
    onSettled: readAnew,
  });
  const again = (): void =>
    void send('POST', `/sessions/${message.session_id}/messages`, { role: 'user', text: message.text, mode: 'queue' }).then(
      readAnew,
      tellProblem,
    );
  const remove = useMutation({
    ...common,
    mutationFn: () => send('DELETE', path),
    onSuccess: () => tell('Taken back.', { undo: again }),
  });
  return { edit, hasten, remove };
}
