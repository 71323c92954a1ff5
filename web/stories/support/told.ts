import { basename } from 'node:path';
import type { UserConsoleLog } from 'vitest';
import type { Reporter, TestModule, TestRunEndReason, Vitest } from 'vitest/node';

/**
 * Says of each story, as soon as it is over, one line of JSON on standard output: `{"story", "failures", "said"}`. For who runs all stories
 * in one process and wants to know of each.
 */
export default class Told implements Reporter {
  private said = '';
  private vitest: Vitest | null = null;

  onInit(vitest: Vitest): void {
    this.vitest = vitest;
  }

  onUserConsoleLog(log: UserConsoleLog): void {
    this.said += log.content;
  }

  onTestModuleEnd(module: TestModule): void {
    const tests = [...module.children.allTests()];
    const lines = tests.map((test) => `${test.result().state} in ${Math.round(test.diagnostic()?.duration ?? 0)} ms: ${test.name}`);
    const failures = [...module.errors(), ...[...module.children.allSuites()].flatMap((suite) => suite.errors())].map(textOf);
    for (const test of tests.filter((one) => !one.ok()))
      failures.push(...(test.result().errors ?? []).map((error) => `${test.name}\n${textOf(error)}`));
    if (!module.ok() && failures.length === 0) failures.push('It did not end well.');
    print({ story: basename(module.moduleId).replace(/\.story\.ts$/, ''), failures, said: `${lines.join('\n')}\n${this.said}` });
    this.said = '';
  }

  onTestRunEnd(_modules: readonly TestModule[], unhandled: readonly unknown[], reason: TestRunEndReason): void {
    for (const error of unhandled) this.vitest?.logger.error(`${reason}: ${textOf(error as { message?: string; stack?: string })}`);
  }
}

const textOf = (error: { message?: string; stack?: string }): string => error.stack ?? error.message ?? String(error);

const print = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
