import { Graph, layout as arrange } from '@dagrejs/dagre';
import type { Edge, Unit } from './queries';

/** Where one unit, or a whole phase that is folded, stands. Units are CSS pixels. */
export interface GraphNode {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
  phase: string;
  /** Null for a folded phase. */
  unit: Unit | null;
  isCritical: boolean;
}

export interface GraphLink {
  from: string;
  to: string;
  /** An SVG path. */
  path: string;
  isCritical: boolean;
  /** It stands in no source: both write the same file. */
  isAdded: boolean;
}

/** A phase: its place from left to right, and whether its units are shown. */
export interface Band {
  phase: string;
  x: number;
  width: number;
  count: number;
  done: number;
  isOpen: boolean;
  /** Null when it can be unfolded, else why not. */
  held: string | null;
}

export interface PlanLayout {
  nodes: GraphNode[];
  links: GraphLink[];
  bands: Band[];
  width: number;
  height: number;
}

export interface PlanOfLayout {
  units: readonly Unit[];
  edges: readonly Edge[];
  criticalPath: readonly string[];
  /** Names in their order. */
  phases: readonly string[];
  /** Which of them show their units. */
  open: ReadonlySet<string>;
}

/** Up to so many units a plan is drawn whole at once; of more its phases are folded. */
export const mostAtOnce = 200;
/** A phase with more units is never drawn: a list says more than a wall. */
export const mostOfPhase = 400;

const node = { width: 168, height: 44 };
const gap = 12;
const rankGap = 40;
const head = 34;
const pad = 16;
const rowsOfGrid = 10;

const isDone = (unit: Unit): boolean => unit.status === 'done' || unit.status === 'skipped' || unit.status === 'canceled';

/** Which phases show their units at first. Pure. */
export const openAtFirst = (units: readonly Unit[], phases: readonly string[]): Set<string> =>
  new Set(units.length <= mostAtOnce ? phases : []);

interface Placed {
  nodes: GraphNode[];
  links: GraphLink[];
  width: number;
  height: number;
}

/** A smooth line through points from dagre, or between the sides of two nodes. */
function pathThrough(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let path = `M${first.x.toFixed(1)} ${first.y.toFixed(1)}`;
  let before = first;
  for (const point of rest) {
    const middle = ((before.x + point.x) / 2).toFixed(1);
    path += `C${middle} ${before.y.toFixed(1)} ${middle} ${point.y.toFixed(1)} ${point.x.toFixed(1)} ${point.y.toFixed(1)}`;
    before = point;
  }
  return path;
}

/** Units with an order between them, by dagre from left to right. */
function arranged(units: readonly Unit[], edges: readonly Edge[], critical: ReadonlySet<string>, steps: ReadonlySet<string>): Placed {
  const graph = new Graph({ multigraph: false });
  graph.setGraph({ rankdir: 'LR', nodesep: gap, ranksep: rankGap, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const unit of units) graph.setNode(unit.foreign_id, { ...node });
  for (const edge of edges) graph.setEdge(edge.from, edge.to, { added: edge.added });
  arrange(graph);
  const nodes = units.map((unit): GraphNode => {
    const at = graph.node(unit.foreign_id) as { x: number; y: number };
    return {
      id: unit.foreign_id,
      x: at.x - node.width / 2,
      y: at.y - node.height / 2,
      ...node,
      phase: unit.phase,
      unit,
      isCritical: critical.has(unit.foreign_id),
    };
  });
  const links = edges.map((edge): GraphLink => ({
    from: edge.from,
    to: edge.to,
    isAdded: edge.added,
    isCritical: steps.has(`${edge.from}\n${edge.to}`),
    path: pathThrough((graph.edge(edge.from, edge.to) as { points: { x: number; y: number }[] }).points),
  }));
  const size = graph.graph() as { width?: number; height?: number };
  return { nodes, links, width: size.width ?? 0, height: size.height ?? 0 };
}

/** Units without an order between them stand in a grid. */
function gridOf(units: readonly Unit[], critical: ReadonlySet<string>, top: number): Placed {
  const rows = Math.min(rowsOfGrid, units.length);
  const columns = Math.ceil(units.length / Math.max(1, rows));
  const nodes = units.map((unit, at): GraphNode => ({
    id: unit.foreign_id,
    x: Math.floor(at / rows) * (node.width + gap),
    y: top + (at % rows) * (node.height + gap),
    ...node,
    phase: unit.phase,
    unit,
    isCritical: critical.has(unit.foreign_id),
  }));
  return { nodes, links: [], width: columns * (node.width + gap) - gap, height: rows * (node.height + gap) - gap };
}

function phaseUnfolded(units: readonly Unit[], edges: readonly Edge[], critical: ReadonlySet<string>, steps: ReadonlySet<string>): Placed {
  const tied = new Set(edges.flatMap((edge) => [edge.from, edge.to]));
  const inOrder = units.filter((unit) => tied.has(unit.foreign_id));
  const free = units.filter((unit) => !tied.has(unit.foreign_id));
  const one = inOrder.length > 0 ? arranged(inOrder, edges, critical, steps) : { nodes: [], links: [], width: 0, height: 0 };
  if (free.length === 0) return one;
  const other = gridOf(free, critical, one.height > 0 ? one.height + gap * 2 : 0);
  return {
    nodes: [...one.nodes, ...other.nodes],
    links: one.links,
    width: Math.max(one.width, other.width),
    height: other.height + (one.height > 0 ? one.height + gap * 2 : 0),
  };
}

/** Lines between what stands in different phases: between their units, or the folded phases that hold them, each pair once. */
function linksAcross(
  plan: PlanOfLayout,
  standing: ReadonlyMap<string, GraphNode>,
  steps: ReadonlySet<string>,
  phaseOf: ReadonlyMap<string, string>,
): GraphLink[] {
  const nodeOf = (id: string): GraphNode | undefined => standing.get(id) ?? standing.get(folded(phaseOf.get(id) ?? ''));
  const found = new Map<string, GraphLink>();
  for (const edge of plan.edges) {
    if (phaseOf.get(edge.from) === phaseOf.get(edge.to)) continue;
    const [from, to] = [nodeOf(edge.from), nodeOf(edge.to)];
    if (!from || !to) continue;
    const key = `${from.id}\n${to.id}`;
    const isCritical = steps.has(`${edge.from}\n${edge.to}`);
    const known = found.get(key);
    if (known) {
      known.isCritical ||= isCritical;
      continue;
    }
    const [start, end] = from.x <= to.x ? [from.x + from.width, to.x] : [from.x, to.x + to.width];
    found.set(key, {
      from: from.id,
      to: to.id,
      isCritical,
      isAdded: edge.added,
      path: pathThrough([
        { x: start, y: from.y + from.height / 2 },
        { x: end, y: to.y + to.height / 2 },
      ]),
    });
  }
  return [...found.values()];
}

/** Id of the node that stands for a folded phase. */
export const folded = (phase: string): string => `phase ${phase}`;

/** Places a plan: phases from left to right, in each its units by what waits for what; folded phases are one node. Pure. */
export function layoutPlan(plan: PlanOfLayout): PlanLayout {
  const byPhase = new Map<string, Unit[]>(plan.phases.map((phase) => [phase, []]));
  for (const unit of plan.units) byPhase.get(unit.phase)?.push(unit);
  const phaseOf = new Map(plan.units.map((unit) => [unit.foreign_id, unit.phase]));
  const critical = new Set(plan.criticalPath);
  const steps = new Set(plan.criticalPath.slice(1).map((id, at) => `${plan.criticalPath[at]!}\n${id}`));
  const inPhase = new Map<string, Edge[]>(plan.phases.map((phase) => [phase, []]));
  for (const edge of plan.edges) {
    const phase = phaseOf.get(edge.from);
    if (phase !== undefined && phase === phaseOf.get(edge.to)) inPhase.get(phase)?.push(edge);
  }
  const layout: PlanLayout = { nodes: [], links: [], bands: [], width: pad, height: 0 };
  for (const [phase, units] of byPhase) {
    const held = units.length > mostOfPhase ? `${units.length} units are too many to draw: see the list.` : null;
    const isOpen = plan.open.has(phase) && held === null && units.length > 0;
    const placed = isOpen
      ? phaseUnfolded(units, inPhase.get(phase) ?? [], critical, steps)
      : {
          nodes: [
            {
              id: folded(phase),
              x: 0,
              y: 0,
              width: node.width,
              height: node.height * 1.5,
              phase,
              unit: null,
              isCritical: units.some((unit) => critical.has(unit.foreign_id)),
            },
          ],
          links: [],
          width: node.width,
          height: node.height * 1.5,
        };
    const shift = layout.width + pad;
    layout.nodes.push(...placed.nodes.map((each) => ({ ...each, x: each.x + shift, y: each.y + head + pad })));
    layout.links.push(...placed.links.map((link) => ({ ...link, path: shifted(link.path, shift, head + pad) })));
    layout.bands.push({
      phase,
      x: layout.width,
      width: placed.width + pad * 2,
      count: units.length,
      done: units.filter(isDone).length,
      isOpen,
      held,
    });
    layout.width += placed.width + pad * 2 + rankGap / 2;
    layout.height = Math.max(layout.height, placed.height + head + pad * 2);
  }
  const standing = new Map(layout.nodes.map((each) => [each.id, each]));
  layout.links.push(...linksAcross(plan, standing, steps, phaseOf));
  return layout;
}

/** Moves a path of pairs of numbers. */
function shifted(path: string, x: number, y: number): string {
  let isX = false;
  return path.replace(/-?\d+(?:\.\d+)?/g, (number) => {
    isX = !isX;
    return (Number(number) + (isX ? x : y)).toFixed(1);
  });
}

/** The next node for an arrow key: the nearest one in that direction, straight ahead before aside. Pure. */
export function neighbour(nodes: readonly GraphNode[], from: GraphNode, direction: 'left' | 'right' | 'up' | 'down'): GraphNode | null {
  const sign = direction === 'left' || direction === 'up' ? -1 : 1;
  const isFlat = direction === 'left' || direction === 'right';
  let best: GraphNode | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const each of nodes) {
    const [ahead, aside] = isFlat
      ? [(each.x - from.x) * sign, Math.abs(each.y - from.y)]
      : [(each.y - from.y) * sign, Math.abs(each.x - from.x)];
    if (ahead <= 1 || each === from) continue;
    const cost = ahead + aside * 2;
    if (cost < least) [best, least] = [each, cost];
  }
  return best;
}
