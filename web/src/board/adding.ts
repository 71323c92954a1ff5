import { send } from '../api/http';
import type { Item } from '../api/types';
import { tell, tellProblem } from '../app/toasts';
import { free } from './freed';
import { readCards } from './live';
import { cardsNow } from './queries';
import { idNamed, type QuickItem } from './quickAdd';

/** What an item is made from; what is null is left to the daemon. */
export interface NewItem extends Omit<QuickItem, 'troubles'> {
  project: string | null;
  description?: string;
  criteria?: string[];
  criticality?: string;
  writes?: string[];
}

/** Ids of what was named by number or by the beginning of an id. */
function namedIds(words: readonly string[]): string[] {
  const cards = [...(cardsNow()?.values() ?? [])];
  return words.map((word) => idNamed(word, cards) ?? word);
}

/** Adds an item, and lets it be started when it is said so. */
export async function addItem(wish: NewItem, isReady: boolean): Promise<Item> {
  const { item } = await send<{ item: Item }>('POST', '/items', {
    title: wish.title,
    ...(wish.description ? { description: wish.description } : {}),
    ...(wish.criteria?.length ? { acceptance_criteria: wish.criteria } : {}),
    ...(wish.priority ? { priority: wish.priority } : {}),
    ...(wish.profile ? { profile: wish.profile } : {}),
    ...(wish.project ? { project: wish.project } : {}),
    ...(wish.labels.length ? { labels: wish.labels } : {}),
    ...(wish.criticality ? { criticality: wish.criticality } : {}),
    ...(wish.writes?.length ? { writes: wish.writes } : {}),
    ...(wish.dependsOn.length ? { blocked_by: namedIds(wish.dependsOn) } : {}),
  });
  if (isReady) await send('POST', `/items/${item.id}/ready`);
  free([item.id]);
  readCards([item.id]);
  const undo = (): void =>
    void send('POST', `/items/${item.id}/transition`, { to_status: 'canceled' }).then(() => readCards([item.id]), tellProblem);
  tell(`Added #${item.number} “${item.title}”.`, { undo });
  return item;
}
