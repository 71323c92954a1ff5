/** Which runs a list shows. Members are left out when they say nothing. */
export interface RunFilter {
  status?: string;
  project?: string;
  profile?: string;
  agent?: string;
}

export const open = 'queued,starting,running,waiting,stopping';
const ended = 'succeeded,failed,canceled,timed_out,lost';

/** What one may choose of statuses: the whole, two groups, and each alone. */
export const statusChoices: readonly { value: string; words: string }[] = [
  { value: '', words: 'any state' },
  { value: open, words: 'open' },
  { value: ended, words: 'ended' },
  { value: 'failed,timed_out,lost', words: 'gone wrong' },
  ...[...open.split(','), ...ended.split(',')].map((status) => ({ value: status, words: status.replaceAll('_', ' ') })),
];

const known = new Set(statusChoices.flatMap((choice) => choice.value.split(',')));

/** The filter that an address holds; unknown statuses are left out. */
export function filterOf(search: string): RunFilter {
  const query = new URLSearchParams(search);
  const filter: RunFilter = {};
  const status = (query.get('status') ?? '')
    .split(',')
    .filter((word) => word !== '' && known.has(word))
    .join(',');
  if (status) filter.status = status;
  for (const name of ['project', 'profile', 'agent'] as const) {
    const value = query.get(name);
    if (value) filter[name] = value;
  }
  return filter;
}

export const isOpen = (status: string): boolean => open.split(',').includes(status);

/** What to call a run: its title, or how its prompt begins. */
export function titleOf(run: { title?: string | null; prompt: string; id: string }): string {
  const first =
    run.prompt
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.replace(/^#+\s*/, '')
      .trim() ?? '';
  return run.title || first || `Run ${run.id.slice(0, 8)}`;
}
