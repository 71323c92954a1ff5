import { useMemo } from 'react';
import type { Need } from '../api/types';
import { useCommands, type Command } from '../app/commands';
import { answer } from '../needs/answer';
import { moveCards } from './acting';
import type { Layout } from './columns';
import type { Controls } from './controls';
import { chooseAll, extend, meant, neighbour, nothingChosen, toggle, type Direction, type Selection } from './selection';

interface Keys {
  layout: Layout;
  selection: Selection;
  setSelection: (next: Selection) => void;
  controls: Controls;
  /** The request of the card with the focus that waits for an approval. */
  need: Need | null;
  deny: (need: Need) => void;
}

const group = 'Board';

function walking({ layout, selection, controls, setSelection }: Keys): Command[] {
  const go = (direction: Direction) => (): void => {
    const next = neighbour(layout, selection.focus, direction);
    if (next !== null) controls.go(next);
  };
  const stretch = (direction: 'up' | 'down') => (): void => {
    const next = extend(layout, selection, direction);
    setSelection(next);
    if (next.focus !== null) controls.go(next.focus);
  };
  return [
    { id: 'board.down', title: 'Down', group, keys: 'j', also: ['arrowdown'], run: go('down') },
    { id: 'board.up', title: 'Up', group, keys: 'k', also: ['arrowup'], run: go('up') },
    { id: 'board.left', title: 'Column to the left', group, keys: 'h', also: ['arrowleft'], run: go('left') },
    { id: 'board.right', title: 'Column to the right', group, keys: 'l', also: ['arrowright'], run: go('right') },
    { id: 'board.extend-down', title: 'Choose downwards', group, keys: 'shift+j', also: ['shift+arrowdown'], run: stretch('down') },
    { id: 'board.extend-up', title: 'Choose upwards', group, keys: 'shift+k', also: ['shift+arrowup'], run: stretch('up') },
    {
      id: 'board.choose',
      title: 'Choose',
      group,
      keys: 'x',
      run: () => selection.focus && setSelection(toggle(selection, selection.focus)),
    },
    { id: 'board.all', title: 'Choose all', group, keys: 'mod+a', run: () => setSelection(chooseAll(layout, selection)) },
    {
      id: 'board.none',
      title: 'Choose nothing',
      group,
      keys: 'escape',
      run: () => setSelection({ ...nothingChosen, focus: selection.focus }),
    },
  ];
}

function acting({ selection, controls, need, deny }: Keys): Command[] {
  const onFocus = (run: (id: string) => void) => (): void => {
    if (selection.focus !== null) run(selection.focus);
  };
  const move = (column: Parameters<typeof moveCards>[1]) => (): void => controls.drop(meant(selection, selection.focus), column);
  return [
    { id: 'board.new', title: 'New item', group, keys: 'c', run: () => controls.newItem('inbox') },
    { id: 'board.search', title: 'Search', group, keys: '/', run: () => document.getElementById('board-search')?.focus() },
    { id: 'board.open', title: 'Open', group, keys: 'enter', run: onFocus(controls.open) },
    { id: 'board.menu', title: 'Menu of the card (Move to…)', group, keys: 'm', run: onFocus(controls.menu) },
    { id: 'board.edit', title: 'Edit the title', group, keys: 'e', run: onFocus(controls.edit) },
    { id: 'board.ready', title: 'Make ready', group, keys: 'r', run: move('ready') },
    { id: 'board.inbox', title: 'Move to Inbox', group, keys: 'shift+i', run: move('inbox') },
    { id: 'board.run', title: 'Run now', group, keys: 'shift+r', run: move('in_flight') },
    { id: 'board.done', title: 'Accept, or count as done', group, keys: 'shift+d', run: move('done') },
    { id: 'board.changes', title: 'Show the changes that wait', group, keys: '.', run: controls.showChanges },
    ...(need
      ? [
          {
            id: 'board.approve',
            title: 'Approve what it asks',
            group,
            keys: 'a',
            run: () => void answer([need], { decision: 'approve' as const, scope: 'once' as const }),
          },
          { id: 'board.deny', title: 'Deny what it asks', group, keys: 'd', run: () => deny(need) },
        ]
      : []),
  ];
}

/** The board's keys. They act on the card with the focus, or on everything that is chosen when it is one of them. */
export function useBoardKeys(keys: Keys): void {
  const { layout, selection, setSelection, controls, need, deny } = keys;
  useCommands(
    useMemo(
      () => [
        ...walking({ layout, selection, setSelection, controls, need, deny }),
        ...acting({ layout, selection, setSelection, controls, need, deny }),
      ],
      [layout, selection, setSelection, controls, need, deny],
    ),
  );
}
