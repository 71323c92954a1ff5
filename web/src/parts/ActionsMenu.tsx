import * as Menu from '@radix-ui/react-dropdown-menu';
import type { ActionsProps } from './Actions';

/** The menu itself, open from the start: what fetched it was a press on its button. */
export default function ActionsMenu({ label, actions, children }: ActionsProps) {
  return (
    <Menu.Root defaultOpen>
      <Menu.Trigger className={children ? 'button' : 'icon-button'} aria-label={children ? undefined : label}>
        {children ?? '⋯'}
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
          {actions.map((action, at) =>
            action === 'line' ? (
              <Menu.Separator key={at} className="menu-line" />
            ) : (
              <Menu.Item
                key={action.title}
                className={`menu-item state-${action.tone ?? 'plain'}`}
                disabled={action.why !== undefined}
                title={action.why}
                onSelect={action.run}
              >
                <span className="grow">
                  {action.title}
                  {action.why && <small className="quiet"> ({action.why})</small>}
                </span>
                {action.keys && <kbd>{action.keys}</kbd>}
              </Menu.Item>
            ),
          )}
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  );
}
