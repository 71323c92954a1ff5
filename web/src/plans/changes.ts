import type { Unit } from './queries';

/** What another import of a document changes in its plan. */
export interface Changes {
  added: Unit[];
  /** With the names of what is different. */
  changed: { unit: Unit; what: string[] }[];
  /** In the plan, and not named any more: kept, and told. */
  gone: Unit[];
}

const compared: readonly (readonly [words: string, of: (unit: Unit) => unknown])[] = [
  ['title', (unit) => unit.title],
  ['phase', (unit) => unit.phase],
  ['what it waits for', (unit) => [...unit.depends_on].sort()],
  ['files it writes', (unit) => [...unit.writes].sort()],
  ['files it reads', (unit) => [...unit.reads].sort()],
  ['steps', (unit) => unit.steps.map((step) => `${step.id} ${step.title}`)],
  ['optional', (unit) => unit.optional],
  ['type', (unit) => unit.type],
];

/** Compares a plan's units with those that a document would make. Pure. */
export function changesBetween(before: readonly Unit[], after: readonly Unit[]): Changes {
  const old = new Map(before.map((unit) => [unit.foreign_id, unit]));
  const named = new Set(after.map((unit) => unit.foreign_id));
  const differs = (a: Unit, b: Unit): string[] =>
    compared.filter(([, of]) => JSON.stringify(of(a)) !== JSON.stringify(of(b))).map(([words]) => words);
  return {
    added: after.filter((unit) => !old.has(unit.foreign_id)),
    changed: after.flatMap((unit) => {
      const was = old.get(unit.foreign_id);
      const what = was ? differs(was, unit) : [];
      return what.length > 0 ? [{ unit, what }] : [];
    }),
    gone: before.filter((unit) => !named.has(unit.foreign_id) && !unit.gone),
  };
}
