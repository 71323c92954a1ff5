const everyMs = 40;

/** Longer than anything takes beside other tests on a slow machine. */
const longestMs = 45_000;

/** Waits for something that cannot be listened for: asks until there is an answer. */
export async function until<T>(
  what: string,
  look: () => T | null | Promise<T | null>,
  seen: () => string = () => '',
  withinMs = longestMs,
): Promise<T> {
  const before = Date.now();
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() - before > withinMs) throw new Error(`It did not happen that ${what}. ${seen()}`);
    await new Promise((next) => setTimeout(next, everyMs));
  }
}
