import { useEffect, useState } from 'react';
import { columns, type Column, type Layout } from './columns';

/** On a phone one column fills the screen: these lead to the others, and swiping does the same. */
export function PhoneLanes({ layout }: { layout: Layout }) {
  const [current, setCurrent] = useState<Column>('inbox');
  useEffect(() => {
    const found = new Map<Column, number>();
    const watcher = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) found.set((entry.target as HTMLElement).dataset['column'] as Column, entry.intersectionRatio);
        const [most] = [...found].sort((a, b) => b[1] - a[1]);
        if (most) setCurrent(most[0]);
      },
      { threshold: [0, 0.25, 0.5, 0.75, 1], root: document.querySelector('.board-columns') },
    );
    document.querySelectorAll('[data-column]').forEach((column) => watcher.observe(column));
    return () => watcher.disconnect();
  }, []);
  return (
    <div className="lanes" role="group" aria-label="Columns">
      {columns.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          className="lanes-one"
          aria-current={current === id ? 'true' : undefined}
          onClick={() => document.querySelector(`[data-column="${id}"]`)?.scrollIntoView({ inline: 'start', block: 'nearest' })}
        >
          {title} <span className="quiet">{layout[id].length}</span>
        </button>
      ))}
    </div>
  );
}
