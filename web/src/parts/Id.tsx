import { tell } from '../app/toasts';

/** A short id that a click copies whole. */
export function Id({ value, label = 'id' }: { value: string; label?: string }) {
  return (
    <button
      type="button"
      className="id mono"
      title={`Copy ${label} ${value}`}
      onClick={() => {
        void navigator.clipboard.writeText(value).then(
          () => tell(`Copied ${value}`),
          () => tell(value),
        );
      }}
    >
      {value.slice(0, 8)}
    </button>
  );
}
