import type { ReactNode } from 'react';
import './parts.css';

interface TableProps {
  /** What it is a table of. */
  label: string;
  /** The label stands above it, too. */
  isCaptioned?: boolean;
  /** A name for each column; an empty one is of the actions. */
  heads: readonly string[];
  /** Its rows. */
  children: ReactNode;
}

/** A table that scrolls sideways by itself, by keys as well, where it has no room. */
export function Table({ label, isCaptioned = false, heads, children }: TableProps) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={label}>
      <table className="table">
        <caption className={isCaptioned ? undefined : 'hidden-text'}>{label}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head || <span className="hidden-text">Actions</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
