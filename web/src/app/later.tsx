import { useEffect, useState, type ComponentType } from 'react';

/** A component whose code is fetched when it is wanted for the first time. */
export type Later<P> = ComponentType<P> & {
  /** Fetches the code. Never fails: who shows the component then says what is wrong. */
  ready: () => Promise<void>;
};

/**
 * A component that comes later. React's own lazy would do, but whatever React has shown once as a placeholder stays for 300 ms, however
 * fast the code is there; this one shows the component as soon as it has it, at once when it has it already.
 * `says`: what is read meanwhile.
 */
export function later<P extends object>(load: () => Promise<{ default: ComponentType<P> }>, says = 'Loading …'): Later<P> {
  let View: ComponentType<P> | null = null;
  const fetched = async (): Promise<void> => {
    View ??= (await load()).default;
  };
  function ShownLater(props: P) {
    const [, setShown] = useState(View !== null);
    const [error, setError] = useState<unknown>(null);
    useEffect(() => {
      if (View === null) fetched().then(() => setShown(true), setError);
    }, []);
    // To the page's fence.
    if (error !== null) throw error;
    return View === null ? (
      <p className="quiet" role="status">
        {says}
      </p>
    ) : (
      <View {...props} />
    );
  }
  return Object.assign(ShownLater, { ready: () => fetched().catch(() => undefined) });
}
