/** How work may get to its branch (POST /runs/{id}/deliver). */
export interface DeliverChoice {
  strategy: 'merge' | 'squash' | 'rebase' | 'pull_request';
  /** Branch; empty for the daemon's choice. */
  into: string;
  verify: boolean;
  update_checkout: boolean;
  /** First line of the commit, or the pull request's title; empty for the daemon's. */
  message: string;
  draft: boolean;
}

export const firstChoice: DeliverChoice = {
  strategy: 'merge',
  into: '',
  verify: true,
  update_checkout: false,
  message: '',
  draft: false,
};

export const strategies: readonly { value: DeliverChoice['strategy']; words: string }[] = [
  { value: 'merge', words: 'Merge: a merge commit' },
  { value: 'squash', words: 'Squash: one commit' },
  { value: 'rebase', words: 'Rebase: its commits on top' },
  { value: 'pull_request', words: 'Pull request on GitHub' },
];

/** What exactly will happen, sentence by sentence. Pure. */
export function deliveryWords(choice: DeliverChoice, source: string | null): string[] {
  const work = source ? `branch ${source}` : 'the run’s branch';
  const into = choice.into.trim();
  if (choice.strategy === 'pull_request')
    return [
      `The daemon pushes ${work} to GitHub and opens a ${choice.draft ? 'draft ' : ''}pull request into ` +
        `${into || 'GitHub’s default branch'}; one that is open for it is used again.`,
      'No branch here is moved. Its checks and comments come back to the agent while the item is in review; what it mends ' +
        'goes there with the next delivery.',
      'The item is done when the pull request is merged.',
    ];
  const target = into || 'the branch that the project’s folder is on';
  const gets: Record<string, string> = {
    merge: `${target} gets a merge commit`,
    squash: `${target} gets one commit with the subjects of the run’s commits`,
    rebase: `${target} gets the run’s commits on top`,
  };
  return [
    `The daemon puts ${work} together with ${target}, in a folder of its own: ${gets[choice.strategy]}.`,
    choice.verify
      ? 'The project’s verify commands run on what comes of it; only when they pass, the branch is moved.'
      : 'Nothing is verified, and the record says so.',
    choice.update_checkout
      ? 'A checkout of that branch follows by a fast-forward, when nothing in it is uncommitted.'
      : 'If that branch is checked out somewhere, it is not moved and the delivery says so.',
    'If both sides changed the same lines, nothing is changed and you see what each side wanted.',
  ];
}

/** The body of the request: what is empty is left to the daemon. */
export function deliveryBody(choice: DeliverChoice): Record<string, unknown> {
  const isPull = choice.strategy === 'pull_request';
  return {
    strategy: choice.strategy,
    ...(choice.into.trim() ? { into: choice.into.trim() } : {}),
    ...(isPull ? { draft: choice.draft } : { verify: choice.verify, update_checkout: choice.update_checkout }),
    ...(choice.message.trim() ? { message: choice.message.trim() } : {}),
  };
}
