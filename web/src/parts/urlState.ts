import { useCallback } from 'react';
import { useSearch } from 'wouter';

/** A setting of the view that is kept in the address: links and the way back have it. The default is left out. */
export function useUrlState(name: string, fallback: string): [string, (value: string) => void] {
  const search = useSearch();
  const value = new URLSearchParams(search).get(name) ?? fallback;
  const set = useCallback(
    (next: string) => {
      const query = new URLSearchParams(window.location.search);
      if (next === fallback || next === '') query.delete(name);
      else query.set(name, next);
      const text = query.toString();
      history.replaceState(history.state, '', text === '' ? window.location.pathname : `${window.location.pathname}?${text}`);
    },
    [name, fallback],
  );
  return [value, set];
}
