import * as Dialog from '@radix-ui/react-dialog';
import type { ReactNode } from 'react';
import './parts.css';

/** A dialog: in the middle of a desk's screen, from below on a phone. Escape and a click beside it close it; the focus goes back. */
export function Sheet({
  open,
  onOpenChange,
  title,
  children,
  wide = false,
  isReadOnly = false,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  children: ReactNode;
  wide?: boolean;
  /** Nothing in it takes the focus: the text itself does, so that keys scroll it. */
  isReadOnly?: boolean;
}) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="sheet-ground" />
        <Dialog.Content className={wide ? 'sheet sheet-wide' : 'sheet'} aria-describedby={undefined}>
          <header className="row sheet-head">
            <Dialog.Title className="grow">{title}</Dialog.Title>
            <Dialog.Close className="icon-button" aria-label="Close">
              ×
            </Dialog.Close>
          </header>
          <div className="sheet-body" {...(isReadOnly ? { tabIndex: 0, role: 'region', 'aria-label': title } : {})}>
            {children}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
