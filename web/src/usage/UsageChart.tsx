import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Series } from './series';

const height = 220;

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name);

/** A colour of the token sheet as the canvas wants it: the browser works out which of the two themes counts. */
function colour(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = token(name);
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function options(width: number, what: 'usd' | 'tokens'): uPlot.Options {
  const text = colour('--text-quiet');
  const line = colour('--line');
  const axis = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const bars = uPlot.paths.bars!({ size: [0.7, 48] });
  return {
    width,
    height,
    // Room for half of the last day's words.
    padding: [null, 40, null, null],
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: {
      x: { time: true, range: (_, min, max) => [min - 43_200, max + 43_200] },
      y: { range: (_, __, max) => [0, Math.max(max, what === 'usd' ? 0.01 : 10) * 1.05] },
    },
    axes: [
      { ...axis, values: '{YYYY}-{MM}-{DD}', space: 80 },
      {
        ...axis,
        size: 70,
        values: (_, splits) =>
          splits.map((value) =>
            what === 'usd'
              ? `$${value.toFixed(Math.max(...splits) < 0.1 ? 3 : 2)}`
              : value >= 1_000
                ? `${(value / 1_000).toFixed(0)}k`
                : String(value),
          ),
      },
    ],
    series: [
      {},
      { fill: colour('--accent'), stroke: colour('--accent'), paths: bars, points: { show: false } },
      ...(what === 'usd' ? [{ fill: colour('--warn'), stroke: colour('--warn'), paths: bars, points: { show: false } }] : []),
    ],
  };
}

/** Cost or tokens day by day; of the cost, what is estimated stands in another colour in front. The table below has the same figures. */
export default function UsageChart({ series, what }: { series: Series; what: 'usd' | 'tokens' }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current!;
    const data: uPlot.AlignedData =
      what === 'usd'
        ? [series.days, series.usd, series.estimated.map((value) => (value > 0 ? value : null))]
        : [series.days, series.tokens];
    let chart = new uPlot(options(element.clientWidth, what), data, element);
    const again = (): void => {
      chart.destroy();
      chart = new uPlot(options(element.clientWidth, what), data, element);
    };
    const size = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }));
    size.observe(element);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', again);
    return () => {
      size.disconnect();
      dark.removeEventListener('change', again);
      chart.destroy();
    };
  }, [series, what]);
  return <div ref={place} className="usage-chart" role="img" aria-label="Chart by day; the table below has the same figures" />;
}
