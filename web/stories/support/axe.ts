import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { View } from './browser';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Fails on what axe calls serious or critical. The content policy forbids it a script tag, so it comes by the debugger's way. */
export async function accessible(view: View, within?: string): Promise<void> {
  // Once for each document: it is long.
  if (!(await view.page.evaluate(() => 'axe' in window))) await view.page.evaluate(source);
  const results = await view.page.evaluate<AxeResults, string | null>((part) => {
    const axe = (window as unknown as { axe: { run: (on: unknown, options: RunOptions) => Promise<AxeResults> } }).axe;
    return axe.run(part ?? document, { resultTypes: ['violations'] });
  }, within ?? null);
  const found = results.violations
    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
    .flatMap((one) =>
      one.nodes
        .slice(0, 5)
        .map((node) => `${one.id} (${one.impact}): ${one.help}\n    ${node.html.slice(0, 300)}\n    ${node.failureSummary ?? ''}`),
    );
  if (found.length > 0) throw new Error(`axe at ${view.page.url()}:\n  ${found.join('\n  ')}`);
}
