import type { Card } from '../api/types';

/** What of the board is shown. Empty lists and strings mean: all. */
export interface Filter {
  text: string;
  project: string;
  profile: string;
  status: string;
  priority: string;
  label: string;
  plan: string;
  /** Only what waits for a person. */
  mine: boolean;
  hideDone: boolean;
}

export const noFilter: Filter = {
  text: '',
  project: '',
  profile: '',
  status: '',
  priority: '',
  label: '',
  plan: '',
  mine: false,
  hideDone: false,
};

const words: readonly (readonly [member: keyof Filter, name: string])[] = [
  ['text', 'q'],
  ['project', 'project'],
  ['profile', 'profile'],
  ['status', 'status'],
  ['priority', 'priority'],
  ['label', 'label'],
  ['plan', 'plan'],
];

/** The filter an address has. */
export function filterOf(search: string): Filter {
  const query = new URLSearchParams(search);
  return {
    ...noFilter,
    ...Object.fromEntries(words.map(([member, name]) => [member, query.get(name) ?? ''])),
    mine: query.get('needs') === '1',
    hideDone: query.get('done') === '0',
  };
}

/** The address of a filter, without the question mark; other members of `before` stay. */
export function searchOf(filter: Filter, before = ''): string {
  const query = new URLSearchParams(before);
  for (const [member, name] of words) {
    if (filter[member] === '') query.delete(name);
    else query.set(name, String(filter[member]));
  }
  if (filter.mine) query.set('needs', '1');
  else query.delete('needs');
  if (filter.hideDone) query.set('done', '0');
  else query.delete('done');
  return query.toString();
}

export const isFiltered = (filter: Filter): boolean => searchOf(filter) !== '';

const has = (list: string, value: string | null): boolean => list === '' || (value !== null && list.split(',').includes(value));

/** Every word of the text is in the title, or is the number, the id's beginning, the project, a label or the last line. */
function says(card: Card, text: string): boolean {
  const all = [card.title, `#${card.number}`, card.project, card.profile, card.agent, ...card.labels, ...card.reasons]
    .filter((part) => part !== null)
    .join(' ')
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => word === '' || all.includes(word) || card.id.startsWith(word));
}

/** Whether a card is shown. Several values of one kind (`a,b`) mean any of them. Pure. */
export const fits = (filter: Filter, card: Card): boolean =>
  has(filter.project, card.project) &&
  has(filter.profile, card.profile) &&
  has(filter.status, card.status) &&
  has(filter.priority, card.priority) &&
  has(filter.plan, card.plan) &&
  (filter.label === '' || filter.label.split(',').some((label) => card.labels.includes(label))) &&
  (!filter.mine || card.needs !== null) &&
  (!filter.hideDone || card.column !== 'done') &&
  (filter.text === '' || says(card, filter.text));
