/** Moving through a diff by keys: what is there is read from the page, for files make their lines only when they are near. */

const scroller = (): HTMLElement | null => document.getElementById('main');

/** The first element of a selection that is below (or the last that is above) the one that has the focus, or the top of the view. */
function neighbour(selector: string, step: 1 | -1): HTMLElement | null {
  const all = [...document.querySelectorAll<HTMLElement>(selector)];
  const focused = document.activeElement?.closest<HTMLElement>(selector);
  const at = focused ? all.indexOf(focused) : -1;
  if (at >= 0) return all[at + step] ?? null;
  const from = document.activeElement;
  if (from instanceof HTMLElement && from.closest('.diff-file')) {
    const follows = (element: HTMLElement): boolean => (from.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    return (step === 1 ? all.find(follows) : all.findLast((element) => !follows(element))) ?? null;
  }
  const top = scroller()?.getBoundingClientRect().top ?? 0;
  return (
    (step === 1
      ? all.find((element) => element.getBoundingClientRect().top > top)
      : all.findLast((element) => element.getBoundingClientRect().top < top)) ?? null
  );
}

/** To the next or previous hunk; a file that is not made yet counts as one. */
export function goHunk(step: 1 | -1): void {
  const found = neighbour('[data-hunk], .diff-lazy', step);
  if (!found) return;
  found.scrollIntoView({ block: 'center' });
  (found.matches('[data-hunk]') ? found : found.closest<HTMLElement>('.diff-file'))?.focus({ preventScroll: true });
}

/** The path of the file that has the focus, or is at the top of the view. */
export function pathInSight(): string | null {
  const own = document.activeElement?.closest<HTMLElement>('.diff-file');
  if (own) return own.dataset['path'] ?? null;
  const top = scroller()?.getBoundingClientRect().top ?? 0;
  return (
    [...document.querySelectorAll<HTMLElement>('.diff-file')].find((file) => file.getBoundingClientRect().bottom > top + 60)?.dataset[
      'path'
    ] ?? null
  );
}

/** Begins a comment where the focus is: at the picked line, at a hunk's first change, or at the file's. */
export function pickHere(): void {
  const { activeElement } = document;
  if (activeElement instanceof HTMLElement && activeElement.matches('[data-pick]'))
    return void activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  const hunk = activeElement?.closest('[data-hunk]');
  let row: Element | null = hunk?.nextElementSibling ?? null;
  while (row && !row.matches('[data-hunk]') && !row.matches('.diff-added, .diff-removed, :has(.diff-added), :has(.diff-removed)'))
    row = row.nextElementSibling;
  const path = pathInSight();
  const within =
    row && !row.matches('[data-hunk]') ? row : path === null ? null : document.querySelector(`[data-path="${CSS.escape(path)}"]`);
  const button = within?.querySelector<HTMLElement>('[data-pick]');
  if (!button) return;
  button.focus();
  button.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
}
