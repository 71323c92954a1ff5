import { expect, test } from 'vitest';
import { folded, layoutPlan, mostOfPhase, neighbour, openAtFirst, type GraphNode } from './layout';
import { unit } from './testUnits';

const edge = (from: string, to: string, added = false) => ({ from, to, added });

const isApart = (a: GraphNode, b: GraphNode): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

const small = {
  units: [unit('a'), unit('b'), unit('c'), unit('free'), unit('z', { phase: 'Two' })],
  edges: [edge('a', 'b'), edge('a', 'c', true), edge('b', 'z')],
  criticalPath: ['a', 'b', 'z'],
  phases: ['One', 'Two'],
  open: new Set(['One', 'Two']),
};

test('who waits stands right of what it waits for, and nobody on another', () => {
  const { nodes } = layoutPlan(small);
  const at = (id: string) => nodes.find((node) => node.id === id)!;
  expect(at('b').x).toBeGreaterThan(at('a').x);
  expect(at('z').x).toBeGreaterThan(at('b').x);
  for (const [i, one] of nodes.entries())
    for (const other of nodes.slice(i + 1)) expect(isApart(one, other), `${one.id} on ${other.id}`).toBe(true);
});

test('the longest way is marked, and an order that stands in no source, too', () => {
  const { nodes, links } = layoutPlan(small);
  expect(
    nodes
      .filter((node) => node.isCritical)
      .map((node) => node.id)
      .sort(),
  ).toEqual(['a', 'b', 'z']);
  expect(
    links
      .filter((link) => link.isCritical)
      .map((link) => `${link.from}>${link.to}`)
      .sort(),
  ).toEqual(['a>b', 'b>z']);
  expect(links.filter((link) => link.isAdded).map((link) => link.to)).toEqual(['c']);
});

test('a folded phase is one node that keeps its lines', () => {
  const { nodes, links } = layoutPlan({ ...small, open: new Set(['Two']) });
  expect(nodes.map((node) => node.id)).toEqual([folded('One'), 'z']);
  expect(links.map((link) => [link.from, link.to])).toEqual([[folded('One'), 'z']]);
});

test('5,000 units are folded at first, laid out at once, and a huge phase never unfolds', () => {
  const phases = Array.from({ length: 8 }, (_, at) => `P${at}`);
  const units = Array.from({ length: 5_000 }, (_, at) => unit(`u${at}`, { phase: phases[at % 8]! }));
  const edges = units.slice(8).map((one, at) => edge(`u${at}`, one.foreign_id));
  const plan = { units, edges, criticalPath: ['u0', 'u8'], phases, open: openAtFirst(units, phases) };
  const begun = performance.now();
  expect(layoutPlan(plan).nodes).toHaveLength(8);
  expect(performance.now() - begun).toBeLessThan(500);
  const all = layoutPlan({ ...plan, open: new Set(phases) });
  expect(all.nodes).toHaveLength(8);
  expect(all.bands[0]!.held).toContain('too many');
  expect(units.length / 8).toBeGreaterThan(mostOfPhase);
});

test('units without an order stand in a grid, not in one tall column', () => {
  const units = Array.from({ length: 50 }, (_, at) => unit(`u${at}`));
  const { height, nodes } = layoutPlan({ units, edges: [], criticalPath: [], phases: ['One'], open: new Set(['One']) });
  expect(nodes).toHaveLength(50);
  expect(height).toBeLessThan(800);
});

test('arrow keys go to the nearest node in their direction', () => {
  const { nodes } = layoutPlan(small);
  const a = nodes.find((node) => node.id === 'a')!;
  expect(['b', 'c']).toContain(neighbour(nodes, a, 'right')?.id);
  expect(neighbour(nodes, a, 'left')).toBeNull();
});
