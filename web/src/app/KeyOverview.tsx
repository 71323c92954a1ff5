import { Sheet } from '../parts/Sheet';
import { keysForPeople, useAllCommands } from './commands';

/** All keys that work now, by group. */
export function KeyOverview({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const commands = useAllCommands().filter((command) => command.keys);
  const groups = [...new Set(commands.map((command) => command.group))];
  return (
    <Sheet open={open} onOpenChange={onOpenChange} title="Keys" isReadOnly>
      {groups.map((group) => (
        <section key={group}>
          <h3>{group}</h3>
          <dl className="keys-list">
            {commands
              .filter((command) => command.group === group)
              .map((command) => (
                <div key={command.id} style={{ display: 'contents' }}>
                  <dt>
                    {keysForPeople(command.keys!).map((key, at) => (
                      <kbd key={at}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{command.title}</dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </Sheet>
  );
}
