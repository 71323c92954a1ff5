import { useId, useState, type KeyboardEvent } from 'react';
import { tell, tellProblem } from '../app/toasts';
import { addItem } from './adding';
import { titleOf, type Column } from './columns';
import { quickItemOf } from './quickAdd';
import { filterOf } from './filters';

/** One line that becomes an item. What the signs mean is said while it has the focus. */
export function QuickAdd({ column }: { column: Column }) {
  const [line, setLine] = useState('');
  const [isOpen, setOpen] = useState(false);
  const hint = useId();
  const item = quickItemOf(line);
  const add = async (): Promise<void> => {
    if (line.trim() === '') return;
    if (item.troubles.length > 0) return tell(item.troubles.join(' '), { tone: 'bad' });
    setLine('');
    try {
      const project = filterOf(window.location.search).project;
      await addItem({ ...item, project: project.includes(',') || project === '' ? null : project }, column === 'ready');
    } catch (error) {
      setLine(line);
      tellProblem(error);
    }
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Enter') void add();
    else if (event.key === 'Escape') event.currentTarget.blur();
  };
  return (
    <div className="quick-add">
      <input
        className="input"
        value={line}
        placeholder="Add …"
        aria-label={`Add to ${titleOf(column)}`}
        aria-describedby={isOpen ? hint : undefined}
        onChange={(event) => setLine(event.target.value)}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {isOpen && (
        <p id={hint} className="quick-hint quiet">
          {item.troubles.length > 0 ? (
            item.troubles.join(' ')
          ) : (
            <>
              <kbd>@</kbd>profile <kbd>!</kbd>priority <kbd>#</kbd>label <kbd>&gt;</kbd>depends on, then <kbd>⏎</kbd>
            </>
          )}
        </p>
      )}
    </div>
  );
}
