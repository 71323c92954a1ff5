import * as Radix from '@radix-ui/react-tabs';
import type { ReactNode } from 'react';
import { useUrlState } from './urlState';
import './parts.css';

/** Tabs whose choice is in the address (`?tab=`). A tab's content is made when it is chosen. */
export function Tabs({
  label,
  tabs,
  name = 'tab',
}: {
  label: string;
  tabs: readonly { id: string; title: string; count?: number; view: () => ReactNode }[];
  name?: string;
}) {
  const [chosen, choose] = useUrlState(name, tabs[0]!.id);
  const value = tabs.some((tab) => tab.id === chosen) ? chosen : tabs[0]!.id;
  return (
    <Radix.Root value={value} onValueChange={choose} className="tabs">
      <Radix.List aria-label={label} className="tabs-list">
        {tabs.map((tab) => (
          <Radix.Trigger key={tab.id} value={tab.id} className="tabs-tab">
            {tab.title}
            {tab.count !== undefined && tab.count > 0 && <span className="quiet"> {tab.count}</span>}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.id} value={tab.id} className="tabs-content">
          {value === tab.id && tab.view()}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
