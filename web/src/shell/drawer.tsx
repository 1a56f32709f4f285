import type { ReactElement } from 'react';
import { Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { Sidebar } from './sidebar';

export interface DrawerProps {
  isOpen: boolean;
  onClose: () => void;
  onSearch: () => void;
}

/** The sidebar below 1024 px: a dialog from the left, closed by Esc, a press beside it, or going somewhere. */
export const Drawer = ({ isOpen, onClose, onSearch }: DrawerProps): ReactElement => (
  <ModalOverlay
    isDismissable
    isOpen={isOpen}
    onOpenChange={(open) => !open && onClose()}
    className="fixed inset-0 z-30 bg-[oklch(0.15_0.02_160/0.4)]"
  >
    <Modal className="modal fixed inset-y-0 left-0 w-66 max-w-[85vw] border-r border-line bg-surface shadow-lift overflow-y-auto">
      <Dialog aria-label="Menu" className="min-h-full grid outline-none">
        <Sidebar
          onGo={onClose}
          onSearch={() => {
            onClose();
            onSearch();
          }}
        />
      </Dialog>
    </Modal>
  </ModalOverlay>
);
