import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Problem, wordsOf } from '../api/http';

/** What a query has come to: the data's view, a word while it is read, or what went wrong with a way to try again. */
export function Reading<T>({ of, children }: { of: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (!of.isError) return <Waiting />;
  if (of.error instanceof Problem && of.error.body.status === 401) return <SignIn />;
  return (
    <div role="alert" className="note state-bad">
      <p>{wordsOf(of.error)}</p>
      <p>
        <button type="button" className="button button-small" onClick={() => void of.refetch()}>
          Try again
        </button>
      </p>
    </div>
  );
}

/** Says that something is being read. */
export function Waiting() {
  return (
    <p className="quiet" role="status">
      Loading …
    </p>
  );
}

/** The board is opened by a link: there is no password to type. */
export function SignIn() {
  return (
    <div className="note stack">
      <h1>Open the board from your terminal</h1>
      <p>This browser has no session yet, or it is over. This prints a link that lets it in, once:</p>
      <pre>
        <code>agentctl open</code>
      </pre>
    </div>
  );
}

/** What would be here, and what to do about it. */
export function Empty({ children }: { children: ReactNode }) {
  return <div className="empty quiet">{children}</div>;
}
