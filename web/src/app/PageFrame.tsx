import { Component, useEffect, type ReactNode } from 'react';
import { wordsOf } from '../api/http';
import { useNeedsCount } from '../needs/count';

/** A page that breaks shows what broke and leaves the rest of the app as it is. */
class Fence extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <div role="alert" className="stack">
        <h1>This page broke</h1>
        <p>{wordsOf(this.state.error)}</p>
        <p>
          <button type="button" className="button" onClick={() => this.setState({ error: null })}>
            Try again
          </button>
        </p>
      </div>
    );
  }
}

/** Sets the document's title with the number of what waits for a person. */
export function PageFrame({ title, children }: { title: string; children: ReactNode }) {
  const needs = useNeedsCount();
  useEffect(() => {
    document.title = `${needs > 0 ? `(${needs}) ` : ''}${title} · Agent Orchestrator`;
  }, [title, needs]);
  return <Fence key={title}>{children}</Fence>;
}
