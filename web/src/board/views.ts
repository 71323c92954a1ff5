/** A filter under a name, kept in this browser. */
export interface SavedView {
  name: string;
  /** As in the address, without the question mark. */
  search: string;
}

const kept = 'board.views';

export function savedViews(): SavedView[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(kept) ?? '[]');
    return Array.isArray(found)
      ? found.filter((view): view is SavedView => typeof view?.name === 'string' && typeof view?.search === 'string')
      : [];
  } catch {
    return [];
  }
}

const keepAll = (views: SavedView[]): SavedView[] => {
  localStorage.setItem(kept, JSON.stringify(views));
  return views;
};

/** Keeps a view; one of the same name is replaced. Returns all. */
export const saveView = (view: SavedView): SavedView[] =>
  keepAll([...savedViews().filter((other) => other.name !== view.name), view].sort((a, b) => a.name.localeCompare(b.name)));

export const removeView = (name: string): SavedView[] => keepAll(savedViews().filter((view) => view.name !== name));
