import { createElement, memo, useMemo, type ReactNode } from 'react';
import { parseMarkdown, type Block, type Inline } from './markdown';
import { clean } from './text';
import './markdown.css';

/** Longer texts are shown as they are: nobody reads them as prose, and parsing them would hold up the view. */
const mostParsed = 100_000;

/**
 * What agents and people write, as React elements: headings, lists, tables, code, quotes, emphasis, links to http(s) with their host.
 * No HTML; everything else stays text.
 */
export const Markdown = memo(function Markdown({
  text,
  under = 2,
}: {
  text: string;
  /** Rank of the heading this text stands under: its own headings begin one below. */
  under?: number;
}) {
  const blocks = useMemo(() => (text.length > mostParsed ? null : parseMarkdown(clean(text))), [text]);
  return (
    <div className="markdown">{blocks === null ? <pre>{clean(text)}</pre> : blocks.map((block, at) => blockView(block, at, under))}</div>
  );
});

const blocksView = (blocks: Block[], under: number): ReactNode => blocks.map((block, at) => blockView(block, at, under));

function blockView(block: Block, key: number, under: number): ReactNode {
  switch (block.kind) {
    case 'heading':
      return createElement(`h${Math.min(6, under + block.depth)}`, { key }, inlineView(block.inside));
    case 'paragraph':
      return <p key={key}>{inlineView(block.inside)}</p>;
    case 'code':
      return (
        <pre key={key} tabIndex={0} role="region" aria-label={block.language ? `Code, ${block.language}` : 'Code'}>
          <code>{block.text}</code>
        </pre>
      );
    case 'quote':
      return <blockquote key={key}>{blocksView(block.blocks, under)}</blockquote>;
    case 'line':
      return <hr key={key} />;
    case 'table':
      return <TableView key={key} of={block} />;
    case 'list':
      return <ListView key={key} of={block} under={under} />;
  }
}

function ListView({ of, under }: { of: Block & { kind: 'list' }; under: number }) {
  const items = of.items.map((item, at) => (
    <li key={at} className={item.done === null ? undefined : 'markdown-box'}>
      {item.done !== null && (
        <span className="markdown-tick" role="img" aria-label={item.done ? 'done' : 'open'}>
          {item.done ? '☑' : '☐'}
        </span>
      )}
      {/* One paragraph alone is the entry's text. */}
      {item.blocks[0]?.kind === 'paragraph' ? (
        <>
          {inlineView(item.blocks[0].inside)}
          {blocksView(item.blocks.slice(1), under)}
        </>
      ) : (
        blocksView(item.blocks, under)
      )}
    </li>
  ));
  return of.ordered ? <ol start={of.start}>{items}</ol> : <ul>{items}</ul>;
}

function TableView({ of }: { of: Block & { kind: 'table' } }) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Table">
      <table className="table">
        <thead>
          <tr>
            {of.head.map((cell, at) => (
              <th key={at} scope="col">
                {inlineView(cell)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {of.rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, no) => (
                <td key={no}>{inlineView(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inlineView(inside: Inline[]): ReactNode {
  return inside.map((span, key) => {
    switch (span.kind) {
      case 'text':
        return span.text;
      case 'code':
        return <code key={key}>{span.text}</code>;
      case 'strong':
        return <strong key={key}>{inlineView(span.inside)}</strong>;
      case 'em':
        return <em key={key}>{inlineView(span.inside)}</em>;
      case 'gone':
        return <s key={key}>{inlineView(span.inside)}</s>;
      case 'break':
        return <br key={key} />;
      case 'link':
        return <LinkView key={key} of={span} />;
    }
  });
}

/** A link out, with the host in sight unless its words begin with the address itself. */
function LinkView({ of }: { of: Inline & { kind: 'link' } }) {
  const first = of.inside[0];
  const says = first?.kind === 'text' && first.text.startsWith(of.href.slice(0, of.href.indexOf(of.host) + of.host.length));
  return (
    <a href={of.href} target="_blank" rel="noopener noreferrer nofollow" title={of.href}>
      {inlineView(of.inside)}
      {!says && <span className="quiet"> ({of.host})</span>}
    </a>
  );
}
