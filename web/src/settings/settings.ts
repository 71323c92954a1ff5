import { lengthOf } from '../parts/Time';
import { money, tokens } from '../parts/numbers';

/** A setting in force as the daemon lists it. */
export interface SettingRow {
  key: string;
  value?: unknown;
  origin: string;
}

const words: readonly (readonly [key: string, of: (value: number) => string])[] = [
  ['total_s', (value) => lengthOf(value * 1_000)],
  ['idle_s', (value) => `${lengthOf(value * 1_000)} silent`],
  ['turns', (value) => `${value} turns`],
  ['tokens', (value) => `${tokens(value)} tokens`],
  ['cost_usd', (value) => money(value)],
];

/** A profile's limits in words, from the settings in force; empty when it has none of its own. Pure. */
export function limitsOf(profile: string, settings: readonly SettingRow[]): string {
  const value = (key: string): unknown => settings.find((row) => row.key === `profiles.${profile}.limits.${key}`)?.value;
  return words
    .flatMap(([key, of]) => {
      const found = value(key);
      return typeof found === 'number' ? [of(found)] : [];
    })
    .join(', ');
}

/** A value as it stands in the file, for people: texts without quotes, the rest as JSON. Pure. */
export const valueText = (value: unknown): string => (typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value));

/** Settings whose key, value or origin has the words. Pure. */
export function found<Row extends SettingRow>(rows: readonly Row[], words: string): Row[] {
  const wanted = words.trim().toLowerCase();
  return rows.filter((row) => `${row.key} ${valueText(row.value)} ${row.origin}`.toLowerCase().includes(wanted));
}

/** The group of a key: its first word. Pure. */
export const groupOf = (key: string): string => key.split('.')[0]!;

/** What the doctor said of an agent, taken apart where it can be. Pure. */
export interface AgentFound {
  name: string;
  version: string | null;
  protocols: string | null;
  login: 'yes' | 'no' | 'unknown';
  text: string;
  fix: string | null;
}

// codex-cli 0.169.0 (by exec, app-server); logged in (OPENAI_API_KEY is set)
// 2.1.329 (Claude Code) (by print, stream); no login found (neither /root/.claude/.credentials.json nor ANTHROPIC_API_KEY or …)
// not found on PATH, or without a version
/** Reads the checks named `agent …`. Pure. */
export function agentsOf(checks: readonly { name: string; status: string; found: string; fix: string | null }[]): AgentFound[] {
  return checks
    .filter((check) => check.name.startsWith('agent '))
    .map((check) => {
      const version = /(\d+\.\d+(?:\.\d+)?)/.exec(check.found.split(';')[0]!)?.[1] ?? null;
      const isThere = !check.found.startsWith('not found');
      return {
        name: check.name.slice('agent '.length),
        version: isThere ? version : null,
        protocols: /\(by ([^)]*)\)/.exec(check.found)?.[1] ?? null,
        login: check.found.includes('logged in (') ? 'yes' : check.found.includes('no login found') ? 'no' : 'unknown',
        text: check.found,
        fix: check.fix,
      };
    });
}
