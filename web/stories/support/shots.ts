import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './daemon';
import type { View } from './browser';

const folder = join(root, 'artifacts/screenshots');

/** Takes the picture of where a story failed. */
export async function failure(view: View, name: string): Promise<void> {
  mkdirSync(join(folder, 'failed'), { recursive: true });
  await view.page.screenshot({ path: join(folder, 'failed', `${name}.png`) }).catch(() => undefined);
}

/** Takes the picture of a screen as it is: `<screen>-phone.png`, or on a desk `<screen>-light.png` and `<screen>-dark.png`. */
export async function shots(view: View, screen: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const take = (variant: string): Promise<Buffer> => view.page.screenshot({ path: join(folder, `${screen}-${variant}.png`) });
  if (view.kind === 'phone') {
    await take('phone');
    return;
  }
  for (const theme of ['dark', 'light'] as const) {
    await view.page.emulateMedia({ colorScheme: theme });
    await take(theme);
  }
}
