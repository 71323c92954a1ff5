import { useMutation } from '@tanstack/react-query';
import { cache } from '../api/client';
import { tell, tellProblem } from '../app/toasts';

/** What becomes of an action besides its answer. */
interface After<Input, Answer> {
  /** Said in the live region; nothing when it returns nothing. */
  said?: (answer: Answer, input: Input) => string | undefined;
  /** Takes it back; offered beside what is said. */
  undo?: (answer: Answer, input: Input) => void;
  /** Collections that are read anew at once, besides what the stream touches. */
  reads?: readonly string[];
  done?: (answer: Answer, input: Input) => void;
  /** True when the problem is shown in place, not as a word at the edge. */
  showsProblem?: boolean;
}

/** Something a person does: sent once, its outcome told, its refusal with the server's reason. */
export function useAct<Input, Answer>(act: (input: Input) => Promise<Answer>, after: After<Input, Answer> = {}) {
  return useMutation({
    mutationFn: act,
    onSuccess: (answer, input) => {
      for (const name of after.reads ?? []) void cache.invalidateQueries({ queryKey: [name] });
      const words = after.said?.(answer, input);
      if (words) tell(words, after.undo ? { undo: () => after.undo?.(answer, input) } : {});
      after.done?.(answer, input);
    },
    onError: (error) => {
      if (!after.showsProblem) tellProblem(error);
    },
  });
}
