import { describe, expect, it } from 'vitest';
import { agentsOf, nameOf, progressOf } from './steps';

const look = (name: string, status: 'ok' | 'warn' | 'fail', found: string, fix: string | null = null) => ({ name, status, found, fix });

describe('first steps', () => {
  it('take the agents out of the check of the machine, usable ones first', () => {
    const agents = agentsOf([
      look('git', 'ok', '2.47'),
      look('agent codex', 'warn', 'not found on PATH, or without a version', 'To use it: npm install -g @openai/codex'),
      look('agent gemini', 'warn', '0.61.0; no login found', 'Log in: gemini'),
      look('agent claude', 'ok', '2.1.329; logged in'),
      look('agent acp', 'ok', 'no profile uses it.'),
    ]);
    expect(agents.map((agent) => [agent.name, agent.state])).toEqual([
      ['claude', 'ready'],
      ['gemini', 'doubtful'],
      ['codex', 'absent'],
      ['acp', 'absent'],
    ]);
    expect(agents[2]!.fix).toContain('npm install');
  });

  it('name a project by its folder', () => {
    expect(nameOf('/srv/code/My Shop/')).toBe('my-shop');
    expect(nameOf('C:\\work\\api.server')).toBe('api.server');
    expect(nameOf('/')).toBe('');
  });

  it('know which is next', () => {
    expect(progressOf([], 0, 0).next).toBe(0);
    expect(progressOf(agentsOf([look('agent x', 'ok', '1')]), 1, 0)).toEqual({ done: [true, true, false], next: 2 });
    expect(progressOf(agentsOf([look('agent x', 'ok', '1')]), 1, 4).next).toBe(3);
  });
});
