import * as Menu from '@radix-ui/react-dropdown-menu';
import { useQuery } from '@tanstack/react-query';
import type { ButtonHTMLAttributes } from 'react';
import { useLocation } from 'wouter';
import type { Card } from '../api/types';
import { profilesQuery } from '../api/shared';
import { reviewPath, runPath } from '../app/routes';
import { copy } from '../parts/copy';
import { cancelCards, editCards, moveCards, stopRuns } from './acting';
import { columns, priorities } from './columns';
import { useControls } from './controls';
import { cancelOf, moveOf } from './moves';

interface Entry {
  title: string;
  run: () => void;
  /** Why it cannot be done. */
  why?: string | undefined;
  /** What it will do. */
  says?: string | undefined;
  keys?: string;
}

function Row({ entry }: { entry: Entry }) {
  const small = entry.why ?? entry.says;
  return (
    <Menu.Item className="menu-item" disabled={entry.why !== undefined} onSelect={entry.run}>
      <span className="grow">
        {entry.title}
        {small && <small className="menu-says quiet">{small}</small>}
      </span>
      {entry.keys && <kbd>{entry.keys}</kbd>}
    </Menu.Item>
  );
}

function Group({ title, entries }: { title: string; entries: readonly Entry[] }) {
  return (
    <Menu.Sub>
      <Menu.SubTrigger className="menu-item">
        <span className="grow">{title}</span>
        <span aria-hidden="true">›</span>
      </Menu.SubTrigger>
      <Menu.Portal>
        <Menu.SubContent className="menu" collisionPadding={8}>
          {entries.map((entry) => (
            <Row key={entry.title} entry={entry} />
          ))}
        </Menu.SubContent>
      </Menu.Portal>
    </Menu.Sub>
  );
}

function Entries({ card }: { card: Card }) {
  const controls = useControls();
  const [, go] = useLocation();
  const profiles = useQuery(profilesQuery).data?.profiles ?? [];
  const ids = controls.meant(card.id);
  const places = columns.map(({ id, title }): Entry => {
    const move = moveOf(card, id);
    return { title, run: () => void moveCards(ids, id), ...('why' in move ? { why: move.why } : { says: move.says }) };
  });
  const off = cancelOf(card);
  const urgencies = priorities.map((priority) => ({ title: priority, run: () => void editCards(ids, { priority }) }));
  return (
    <>
      {ids.length > 1 && <Menu.Label className="menu-label quiet">{ids.length} cards</Menu.Label>}
      <Row entry={{ title: 'Open', keys: 'Enter', run: () => controls.open(card.id) }} />
      {card.run_id && <Row entry={{ title: 'Open its run', run: () => go(runPath(card.run_id!)) }} />}
      {card.status === 'review' && <Row entry={{ title: 'Review its work', run: () => go(reviewPath(card.id)) }} />}
      <Menu.Separator className="menu-line" />
      <Group title="Move to…" entries={places} />
      <Group title="Priority" entries={urgencies} />
      <Group title="Profile" entries={profiles.map(({ name }) => ({ title: name, run: () => void editCards(ids, { profile: name }) }))} />
      <Row entry={{ title: 'Edit the title', keys: 'e', run: () => controls.edit(card.id) }} />
      <Menu.Separator className="menu-line" />
      <Row entry={{ title: 'Copy id', run: () => copy(card.id, `Copied ${card.id}`) }} />
      <Row entry={{ title: 'Copy link', run: () => copy(`${location.origin}/app/items/${card.id}`) }} />
      <Menu.Separator className="menu-line" />
      {card.status === 'in_flight' && <Row entry={{ title: 'Stop its run', run: () => void stopRuns(ids) }} />}
      <Row entry={{ title: 'Cancel', run: () => void cancelCards(ids), ...('why' in off ? { why: off.why } : {}) }} />
    </>
  );
}

/** The open menu of a card. */
export default function OpenCardMenu({ card, button }: { card: Card; button: ButtonHTMLAttributes<HTMLButtonElement> }) {
  const controls = useControls();
  return (
    <Menu.Root
      open
      onOpenChange={(open) => {
        if (!open) controls.menu(null);
      }}
      modal={false}
    >
      <Menu.Trigger {...button}>⋯</Menu.Trigger>
      <Menu.Portal>
        <Menu.Content
          className="menu card-menu"
          align="end"
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            document.querySelector<HTMLElement>(`[data-card="${card.id}"]`)?.focus();
          }}
        >
          <Entries card={card} />
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  );
}
