import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** In the order of their names, so that who waits for them one by one does not wait for all. */
class ByName extends BaseSequencer {
  override sort = async (files: TestSpecification[]): Promise<TestSpecification[]> =>
    files.toSorted((one, other) => (one.moduleId < other.moduleId ? -1 : 1));
}

/** Stories: the published program, and one real browser for all. One after the other; what runs beside them is the caller's choice. */
export default defineConfig({
  test: {
    include: ['stories/**/*.story.ts'],
    environment: 'node',
    fileParallelism: false,
    isolate: false,
    sequence: { sequencer: ByName },
    reporters: process.env['STORY_LINES'] ? ['./stories/support/told.ts'] : ['verbose'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
