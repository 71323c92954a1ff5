import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { Reading } from '../parts/Reading';
import { useUrlState } from '../parts/urlState';
import { GraphList } from './GraphList';
import {
  folded,
  layoutPlan,
  mostAtOnce,
  neighbour,
  openAtFirst,
  type Band,
  type GraphLink,
  type GraphNode,
  type PlanLayout,
} from './layout';
import { graphQuery, type PlanShown } from './queries';
import { usePanZoom } from './panZoom';

/** What waits for what, phase by phase, with the longest way through what is left; and the same as a list. */
export default function GraphView({ shown }: { shown: PlanShown }) {
  const graph = useQuery(graphQuery(shown.plan.id));
  const [as, setAs] = useUrlState('as', 'picture');
  return (
    <div className="stack">
      <div className="row" role="radiogroup" aria-label="Show the graph as">
        {['picture', 'list'].map((each) => (
          <label key={each} className="choice">
            <input type="radio" name="graph-as" checked={as === each} onChange={() => setAs(each)} /> {each}
          </label>
        ))}
      </div>
      <Reading of={graph}>
        {({ graph: { edges, critical_path: path, critical_weight: weight, total_weight: total } }) => (
          <>
            <p className="quiet">
              {path.length === 0
                ? 'Nothing is left to do.'
                : `The longest way through what is left has ${path.length} units (${weight} of ${total} in work): ` +
                  'nothing shortens the plan that does not shorten it.'}
            </p>
            {as === 'list' ? <GraphList shown={shown} edges={edges} path={path} /> : <Picture shown={shown} edges={edges} path={path} />}
          </>
        )}
      </Reading>
    </div>
  );
}

function Picture({ shown, edges, path }: { shown: PlanShown; edges: Parameters<typeof layoutPlan>[0]['edges']; path: readonly string[] }) {
  const phases = useMemo(() => shown.plan.phases.map((phase) => phase.name), [shown.plan.phases]);
  const [open, setOpen] = useState(() => openAtFirst(shown.items, phases));
  const layout = useMemo(
    () => layoutPlan({ units: shown.items, edges, criticalPath: path, phases, open }),
    [shown.items, edges, path, phases, open],
  );
  // In a large plan one phase at a time is unfolded.
  const fold = (phase: string): void =>
    setOpen((before) => {
      const next = new Set(shown.items.length > mostAtOnce ? [] : before);
      if (before.has(phase)) next.delete(phase);
      else next.add(phase);
      return next;
    });
  return <Canvas layout={layout} onFold={fold} />;
}

function Canvas({ layout, onFold }: { layout: PlanLayout; onFold: (phase: string) => void }) {
  const frame = useRef<HTMLDivElement>(null);
  const view = usePanZoom(frame, layout);
  const [, go] = useLocation();
  const [current, setCurrent] = useState<string | null>(null);
  const chosen = layout.nodes.find((node) => node.id === current) ?? layout.nodes[0];
  const act = (node: GraphNode): void => {
    if (node.unit?.id) go(`/app/items/${node.unit.id}`);
    else if (!node.unit) onFold(node.phase);
  };
  const onKey = (event: React.KeyboardEvent, node: GraphNode): void => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      act(node);
      return;
    }
    if (!event.key.startsWith('Arrow')) return;
    event.preventDefault();
    const next = neighbour(layout.nodes, node, event.key.slice(5).toLowerCase() as 'left' | 'right' | 'up' | 'down');
    if (!next) return;
    setCurrent(next.id);
    view.show(next);
    frame.current?.querySelector<SVGGElement>(`[data-node="${CSS.escape(next.id)}"]`)?.focus();
  };
  return (
    <figure className="graph">
      <div className="row graph-tools">
        <button type="button" className="button button-small" onClick={() => view.zoom(1.25)} aria-label="Closer">
          +
        </button>
        <button type="button" className="button button-small" onClick={() => view.zoom(0.8)} aria-label="Farther">
          −
        </button>
        <button type="button" className="button button-small" onClick={view.fit}>
          Whole plan
        </button>
        <span className="quiet">Arrow keys go from unit to unit, Enter opens. Drag to move, Ctrl and wheel to zoom.</span>
      </div>
      <div className="graph-frame" ref={frame} style={{ maxHeight: Math.max(200, layout.height + 24) }} {...view.handlers}>
        <svg width="100%" height="100%" role="group" aria-label="Graph of the plan">
          <Arrows />
          <g transform={`translate(${view.at.x} ${view.at.y}) scale(${view.at.scale})`}>
            {layout.bands.map((band) => (
              <PhaseBand key={band.phase} band={band} height={layout.height} onFold={onFold} />
            ))}
            {layout.links.map((link) => (
              <Link key={`${link.from}>${link.to}`} link={link} />
            ))}
            {layout.nodes.map((node) => (
              <Node
                key={node.id}
                node={node}
                band={layout.bands.find((band) => band.phase === node.phase)!}
                isCurrent={node === chosen}
                onKey={onKey}
                onAct={act}
                onFocus={setCurrent}
                moved={view.moved}
              />
            ))}
          </g>
        </svg>
      </div>
      <figcaption className="row quiet graph-legend">
        <span>
          <span className="graph-key graph-key-critical" aria-hidden="true" /> longest way
        </span>
        <span>
          <span className="graph-key" aria-hidden="true" /> waits for
        </span>
        <span>
          <span className="graph-key graph-key-added" aria-hidden="true" /> only because both write the same file
        </span>
      </figcaption>
    </figure>
  );
}

const Arrows = () => (
  <defs>
    <marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">
      <path d="M0 0 8 4 0 8z" className="graph-arrow" />
    </marker>
  </defs>
);

const Link = ({ link }: { link: GraphLink }) => (
  <path
    d={link.path}
    markerEnd="url(#arrow)"
    className={`graph-link${link.isCritical ? ' graph-link-critical' : ''}${link.isAdded ? ' graph-link-added' : ''}`}
  />
);

function PhaseBand({ band, height, onFold }: { band: Band; height: number; onFold: (phase: string) => void }) {
  return (
    <g>
      <rect x={band.x} y={0} width={band.width} height={height} rx={6} className="graph-band" />
      <text x={band.x + 10} y={20} className="graph-phase">
        {cut(band.phase, Math.floor(band.width / 9))}
      </text>
      {band.isOpen && (
        <text
          x={band.x + band.width - 14}
          y={20}
          className="graph-unfold"
          textAnchor="end"
          aria-hidden="true"
          onClick={() => onFold(band.phase)}
        >
          ▾
        </text>
      )}
    </g>
  );
}

const signs: Record<string, string> = {
  done: '✓',
  skipped: '↷',
  canceled: '⊘',
  in_flight: '▶',
  review: '◎',
  blocked: '■',
  failed: '✕',
  ready: '◌',
  inbox: '○',
  planning: '◔',
};

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, Math.max(1, most - 1))}…` : text);

function Node({
  node,
  band,
  isCurrent,
  onKey,
  onAct,
  onFocus,
  moved,
}: {
  node: GraphNode;
  band: Band;
  isCurrent: boolean;
  moved: () => boolean;
  onKey: (event: React.KeyboardEvent, node: GraphNode) => void;
  onAct: (node: GraphNode) => void;
  onFocus: (id: string) => void;
}) {
  const { unit } = node;
  const status = unit?.status ?? 'inbox';
  const label = unit
    ? `${unit.foreign_id}, ${unit.title}: ${status.replaceAll('_', ' ')}${node.isCritical ? ', on the longest way' : ''}`
    : `Phase ${node.phase}: ${band.done} of ${band.count} done${band.held ? `. ${band.held}` : ', folded'}`;
  return (
    <g
      data-node={node.id}
      role={unit ? 'link' : 'button'}
      tabIndex={isCurrent ? 0 : -1}
      transform={`translate(${node.x} ${node.y})`}
      className={`graph-node graph-${unit ? status : 'fold'}${node.isCritical ? ' graph-critical' : ''}`}
      onKeyDown={(event) => onKey(event, node)}
      onFocus={() => onFocus(node.id)}
      onClick={() => {
        if (!moved()) onAct(node);
      }}
    >
      <rect width={node.width} height={node.height} rx={5}>
        <title>{label}</title>
      </rect>
      {unit ? (
        <>
          <text x={10} y={18} className="graph-id">
            {signs[status] ?? '•'} {cut(unit.foreign_id, 20)}
          </text>
          <text x={10} y={35} className="graph-title">
            {cut(unit.title, 25)}
          </text>
        </>
      ) : (
        <>
          <text x={10} y={22} className="graph-id">
            {node.id === folded(node.phase) ? '▸ ' : ''}
            {band.count} units
          </text>
          <text x={10} y={40} className="graph-title">
            {band.done} done
          </text>
          {band.held && (
            <text x={10} y={57} className="graph-title">
              too many to draw
            </text>
          )}
        </>
      )}
      {/* Its name is what is written in it, and this: an aria-label would have to repeat the cut texts. */}
      <text className="graph-spoken">{`, ${label}`}</text>
    </g>
  );
}
