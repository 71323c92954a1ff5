import type { Page } from 'playwright-core';
import { until } from './until';

/** The column of the board with that heading. */
export const columnOf = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true });

/** The card with that title. */
export const cardOf = (page: Page, title: string) => page.getByRole('article', { name: title, exact: true });

/** What the board shows, column by column and card by card, without what depends on the time of looking. */
export const boardText = (page: Page): Promise<string[]> =>
  page.locator('[data-column]').evaluateAll((columns) =>
    columns.flatMap((column) => [
      `== ${column.getAttribute('data-column')}`,
      ...[...column.querySelectorAll<HTMLElement>('[data-card]')].map((card) => {
        const shown = card.cloneNode(true) as HTMLElement;
        shown.querySelectorAll('time, .card-unread, .card-line, .card-box, button').forEach((part) => part.remove());
        return `${card.dataset['card']} ${shown.textContent?.replaceAll(/\s+/g, ' ').trim()}`;
      }),
    ]),
  );

/** Waits until two boards show the same. */
export async function sameBoards(one: Page, other: Page): Promise<string[]> {
  let seen: [string[], string[]] = [[], []];
  return until(
    'both boards show the same',
    async () => {
      // The pointer on a column holds its cards where they are.
      seen = await Promise.all([boardText(one), boardText(other)]);
      return JSON.stringify(seen[0]) === JSON.stringify(seen[1]) ? seen[0] : null;
    },
    () => `\none: ${seen[0].join('\n     ')}\nother: ${seen[1].join('\n     ')}`,
  );
}
