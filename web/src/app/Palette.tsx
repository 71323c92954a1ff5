import * as Dialog from '@radix-ui/react-dialog';
import { Command as Menu } from 'cmdk';
import { keysForPeople, useAllCommands } from './commands';

/** Every command that works now, found by typing. */
export function Palette({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  // All but the one that led here.
  const commands = useAllCommands().filter((command) => command.id !== 'app.palette');
  const groups = [...new Set(commands.map((command) => command.group))];
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="sheet-ground" />
        <Dialog.Content className="sheet palette" aria-describedby={undefined}>
          <Dialog.Title className="hidden-text">Commands</Dialog.Title>
          <Menu label="Commands" loop>
            <Menu.Input placeholder="What do you want to do?" autoFocus />
            <Menu.List>
              <Menu.Empty>Nothing fits.</Menu.Empty>
              {groups.map((group) => (
                <Menu.Group key={group} heading={group}>
                  {commands
                    .filter((command) => command.group === group)
                    .map((command) => (
                      <Menu.Item
                        key={command.id}
                        value={`${command.title} ${command.id}`}
                        onSelect={() => {
                          onOpenChange(false);
                          command.run();
                        }}
                      >
                        {command.title}
                        {command.keys && (
                          <span>
                            {keysForPeople(command.keys).map((key, at) => (
                              <kbd key={at}>{key}</kbd>
                            ))}
                          </span>
                        )}
                      </Menu.Item>
                    ))}
                </Menu.Group>
              ))}
            </Menu.List>
          </Menu>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
