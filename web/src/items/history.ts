import type { StoreEvent } from '../api/types';

/** An event as people read it. */
export interface Said {
  text: string;
  tone: 'plain' | 'good' | 'warn' | 'bad';
}

const words = (value: unknown): string => String(value ?? '').replaceAll('_', ' ');
const text = (event: StoreEvent, name: string): string | null =>
  typeof event.data[name] === 'string' && event.data[name] !== '' ? (event.data[name] as string) : null;
const because = (reason: string | null): string => (reason ? `: ${words(reason)}` : '');

const plain =
  (say: (event: StoreEvent) => string, tone: Said['tone'] = 'plain') =>
  (event: StoreEvent): Said => ({ text: say(event), tone });

/** Texts of what an item waits for. */
const causesOf = (event: StoreEvent): string[] => {
  const causes = event.data['causes'];
  return Array.isArray(causes) ? causes.map((cause: { text?: string }) => cause.text ?? '').filter(Boolean) : [];
};

function moved(event: StoreEvent): Said {
  const to = String(event.data['to']);
  const tone = to === 'done' ? 'good' : to === 'failed' || to === 'blocked' ? 'bad' : to === 'review' ? 'warn' : 'plain';
  const causes = causesOf(event);
  const why = causes.length > 0 ? `: ${causes.join(' ')}` : because(text(event, 'reason'));
  return { text: `${words(event.data['from'])} → ${words(to)}${why}`, tone };
}

function changed(event: StoreEvent): Said {
  const members = Object.keys(event.data).map(words);
  return { text: `Changed ${members.join(', ')}`, tone: 'plain' };
}

function checked(event: StoreEvent): Said {
  const verdict = String(event.data['verdict']);
  return {
    text: `Check ${words(verdict)}${text(event, 'summary') ? `: ${text(event, 'summary')}` : ''}`,
    tone: verdict === 'passed' ? 'good' : verdict === 'failed' ? 'bad' : 'warn',
  };
}

const known: Readonly<Record<string, (event: StoreEvent) => Said>> = {
  'item.added': plain(() => 'Added'),
  'item.changed': changed,
  'item.moved': moved,
  'item.waits': plain((event) => (causesOf(event).length > 0 ? `Waits: ${causesOf(event).join(' ')}` : 'Waits'), 'warn'),
  'item.dependencies_done': plain(() => 'Everything it depends on is done', 'good'),
  'item.claims_updated': plain(
    (event) => `Also changed ${(event.data['added'] as string[] | undefined)?.join(', ') ?? 'files'} that it had not declared`,
    'warn',
  ),
  'item.attempt_failed': plain((event) => `An attempt ended without the work${because(text(event, 'reason'))}; another one follows`, 'bad'),
  'item.lease_renewed': plain(() => 'Who has it is still at it'),
  'item.late_result': plain(() => 'A result came too late and counts for nothing', 'warn'),
  'item.delivered': plain((event) => `Delivery ${words((event.data['delivery'] as { state?: string } | undefined)?.state)}`),
  'item.output': plain(() => 'Its repository was made'),
  'check.finished': checked,
  'run.succeeded': plain(() => 'The run succeeded', 'good'),
  'run.failed': plain((event) => `The run failed${because(text(event, 'reason'))}`, 'bad'),
  'run.canceled': plain((event) => `The run was canceled${because(text(event, 'reason'))}`),
  'run.timed_out': plain((event) => `The run timed out${because(text(event, 'reason'))}`, 'bad'),
  'run.lost': plain((event) => `The run was lost${because(text(event, 'reason'))}`, 'bad'),
  'delivery.landed': plain((event) => `Its work is on ${words(event.data['into'])}`, 'good'),
  'delivery.conflict': plain(() => 'Its work does not go together with the branch', 'bad'),
  'delivery.failed': plain((event) => `Its delivery failed${because(text(event, 'why') ?? text(event, 'reason'))}`, 'bad'),
};

/** What an event of an item's history says. An event that is not known is shown by its name. Pure. */
export function say(event: StoreEvent): Said {
  const of = known[event.event_type];
  if (of) return of(event);
  const summary = text(event, 'summary') ?? text(event, 'why') ?? text(event, 'reason');
  const [family, name = ''] = event.event_type.split('.', 2) as [string, string?];
  return { text: `${family[0]!.toUpperCase()}${family.slice(1)} ${words(name)}${summary ? `: ${words(summary)}` : ''}`, tone: 'plain' };
}
