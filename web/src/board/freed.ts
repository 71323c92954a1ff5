/**
 * Cards that a person has just moved, or whose move was just refused: they go where they belong at once, also under the pointer. Emptied
 * when nothing is held any more.
 */
const freed = new Set<string>();

export const free = (ids: Iterable<string>): void => {
  for (const id of ids) freed.add(id);
};

export const freedNow = (): ReadonlySet<string> => freed;

export const forgetFreed = (): void => freed.clear();
