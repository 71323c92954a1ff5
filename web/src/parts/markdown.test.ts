import { describe, expect, it } from 'vitest';
import { inlineOf, parseMarkdown, type Block, type Inline } from './markdown';

/** Blocks in short: what a reader would see, with marks of its own. */
function short(nodes: (Inline | Block)[]): string {
  return nodes
    .map((node): string => {
      switch (node.kind) {
        case 'text':
          return node.text;
        case 'code':
          return 'language' in node ? `{${node.language}|${node.text}}` : `{${node.text}}`;
        case 'strong':
          return `<b>${short(node.inside)}</b>`;
        case 'em':
          return `<i>${short(node.inside)}</i>`;
        case 'gone':
          return `<s>${short(node.inside)}</s>`;
        case 'link':
          return `<a ${node.host}>${short(node.inside)}</a>`;
        case 'break':
          return '⏎';
        case 'heading':
          return `h${node.depth}(${short(node.inside)})`;
        case 'paragraph':
          return `p(${short(node.inside)})`;
        case 'quote':
          return `q(${short(node.blocks)})`;
        case 'line':
          return '---';
        case 'table':
          return `t(${node.head.map(short).join('|')}/${node.rows.map((row) => row.map(short).join('|')).join('/')})`;
        case 'list':
          return `${node.ordered ? `ol${node.start}` : 'ul'}(${node.items
            .map((item) => (item.done === null ? '' : item.done ? '[x]' : '[ ]') + short(item.blocks))
            .join(',')})`;
      }
    })
    .join('');
}

describe('blocks', () => {
  it.each([
    ['# A\ntext', 'h1(A)p(text)'],
    ['### Deep first\n# High\n#### low', 'h1(Deep first)h1(High)h2(low)'],
    ['a\nb\n\nc', 'p(a⏎b)p(c)'],
    ['```ts\nlet a = "<b>";\n```\nafter', '{ts|let a = "<b>";}p(after)'],
    ['```\nnever closed', '{|never closed}'],
    ['~~~\n```\n~~~', '{|```}'],
    ['> q1\n> q2\nout', 'q(p(q1⏎q2))p(out)'],
    ['- a\n- b', 'ul(p(a),p(b))'],
    ['- a\n  more\n- b', 'ul(p(a⏎more),p(b))'],
    ['1. a\n2. b', 'ol1(p(a),p(b))'],
    ['3) a', 'ol3(p(a))'],
    ['- a\n  - b\n  - c\n- d', 'ul(p(a)ul(p(b),p(c)),p(d))'],
    ['- a\n\n- b', 'ul(p(a),p(b))'],
    ['- [x] done\n- [ ] open', 'ul([x]p(done),[ ]p(open))'],
    ['- a\n\nafter', 'ul(p(a))p(after)'],
    ['---', '---'],
    ['| a | b |\n|---|:-:|\n| 1 | *2* |', 't(a|b/1|<i>2</i>)'],
    ['a | b', 'p(a | b)'],
    ['text\n- item', 'p(text)ul(p(item))'],
    ['<script>alert(1)</script>', 'p(<script>alert(1)</script>)'],
  ])('%j', (text, shown) => expect(short(parseMarkdown(text))).toBe(shown));
});

describe('inline', () => {
  it.each([
    ['a **b** c', 'a <b>b</b> c'],
    ['*a* _b_ __c__ ~~d~~', '<i>a</i> <i>b</i> <b>c</b> <s>d</s>'],
    ['snake_case_name and 2 * 3 * 4', 'snake_case_name and 2 * 3 * 4'],
    ['`a*b*` ``x`y``', '{a*b*} {x`y}'],
    ['``` open', '``` open'],
    ['\\*no\\*', '*no*'],
    ['[w](https://example.org/x)', '<a example.org>w</a>'],
    ['[*w*](https://example.org "t")', '<a example.org><i>w</i></a>'],
    ['[w](javascript:alert(1))', 'w (javascript:alert(1))'],
    ['[w](/items)', 'w (/items)'],
    ['see https://example.org/a_b_c.', 'see <a example.org>https://example.org/a_b_c</a>.'],
    ['(https://example.org)', '(<a example.org>https://example.org</a>)'],
    ['<https://example.org>', '<a example.org>https://example.org</a>'],
    ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['**a *b* c**', '<b>a <i>b</i> c</b>'],
    ['**open', '**open'],
  ])('%j', (text, shown) => expect(short(inlineOf(text))).toBe(shown));
});

describe('hostile text', () => {
  it.each([
    ['stars', '*a '.repeat(20_000)],
    ['doubled', '**a '.repeat(15_000)],
    ['ticks', '`a``b```c'.repeat(7_000)],
    ['brackets', '['.repeat(60_000)],
    ['links', '[a]('.repeat(15_000)],
    ['quotes', '> '.repeat(30_000)],
    ['lists', Array.from({ length: 300 }, (_, at) => `${' '.repeat(at * 2)}- a`).join('\n')],
    ['pipes', `${'|a'.repeat(10_000)}\n${'|-'.repeat(10_000)}`],
    ['unders', '_'.repeat(60_000)],
    ['dashes', '- '.repeat(30_000)],
    ['blanks', `# ${' '.repeat(60_000)}x`],
  ])('%s are parsed in time', (_, text) => {
    const began = performance.now();
    parseMarkdown(text);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
