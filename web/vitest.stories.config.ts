import { defineConfig } from 'vitest/config';

/** Stories: the published program and a real browser. One after the other; what runs beside them is the caller's choice. */
export default defineConfig({
  test: { include: ['stories/**/*.story.ts'], environment: 'node', fileParallelism: false, testTimeout: 120_000, hookTimeout: 60_000 },
});
