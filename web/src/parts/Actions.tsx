import * as Menu from '@radix-ui/react-dropdown-menu';
import './parts.css';

/** One entry of a menu. A disabled one says why. */
export interface Action {
  title: string;
  run: () => void;
  keys?: string;
  why?: string;
  tone?: 'plain' | 'bad';
}

/** A menu behind a button. The trigger's label is for those who do not see it. */
export function Actions({
  label,
  actions,
  children,
}: {
  label: string;
  actions: readonly (Action | 'line')[];
  children?: React.ReactNode;
}) {
  return (
    <Menu.Root>
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
