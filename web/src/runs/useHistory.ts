import { useMemo, useRef, useSyncExternalStore } from 'react';
import { converse, emptyConversation, type Conversation } from './conversation';
import { RunHistory, type History } from './history';

/** A run's events, read from the end and followed. */
export function useHistory(runId: string, types = ''): { history: History; source: RunHistory } {
  const source = useMemo(() => new RunHistory(runId, types === '' ? [] : types.split(',')), [runId, types]);
  return { history: useSyncExternalStore(source.subscribe, source.snapshot), source };
}

/** The conversation of a history: only what is new is taken, unless earlier events came before the others. */
export function useConversation(history: History): Conversation {
  const kept = useRef<{ rebuilt: number; conversation: Conversation }>({ rebuilt: -1, conversation: emptyConversation });
  return useMemo(() => {
    const from = kept.current.rebuilt === history.rebuilt ? kept.current.conversation : emptyConversation;
    const conversation = converse(from, history.events);
    kept.current = { rebuilt: history.rebuilt, conversation };
    return conversation;
  }, [history]);
}
