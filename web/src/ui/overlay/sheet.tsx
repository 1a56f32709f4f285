import type { ReactElement, ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

export interface SheetProps {
  title: string;
  children: (close: () => void) => ReactNode;
  /** Left out inside a `DialogTrigger`. */
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  /** An `alertdialog` is not closed by a press beside it. */
  role?: 'alertdialog' | 'dialog';
  /** Above other dialogs. */
  isOnTop?: boolean;
}

/** A dialog over the page; on a phone it comes from below. */
export const Sheet = ({
  title,
  children,
  isOpen,
  onOpenChange,
  role = 'dialog',
  isOnTop = false,
}: SheetProps): ReactElement => (
  <ModalOverlay
    {...(isOpen === undefined ? {} : { isOpen })}
    {...(onOpenChange === undefined ? {} : { onOpenChange })}
    isDismissable={role !== 'alertdialog'}
    className={`fixed inset-0 ${isOnTop ? 'z-60' : 'z-40'} grid place-items-center max-sm:place-items-end bg-[oklch(0.15_0.02_160/0.45)] p-4 max-sm:p-0`}
  >
    <Modal className="modal rise w-full max-w-md rounded-card max-sm:rounded-b-none border border-line bg-surface shadow-lift max-h-[92dvh] overflow-auto">
      <Dialog role={role} className="grid gap-4 p-5 outline-none">
        {({ close }) => (
          <>
            <Heading slot="title" className="text-base font-[630]">
              {title}
            </Heading>
            {children(close)}
          </>
        )}
      </Dialog>
    </Modal>
  </ModalOverlay>
);
