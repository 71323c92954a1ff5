import { copy } from './copy';

/** A short id that a click copies whole. */
export function Id({ value, label = 'id' }: { value: string; label?: string }) {
  return (
    <button type="button" className="id mono" title={`Copy ${label} ${value}`} onClick={() => copy(value, `Copied ${value}`)}>
      {value.slice(0, 8)}
    </button>
  );
}
