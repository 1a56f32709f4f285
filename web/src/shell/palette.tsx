import { type ReactElement, useState } from 'react';
import { useNavigate } from '@tanstack/react-router';
import { ArrowRight, Plus } from 'lucide-react';
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
} from 'react-aria-components';

const GO = [
  ['Create a token', '/tokens/new'],
  ['Create a project', '/projects/new'],
  ['Dashboard', '/'],
  ['Projects', '/projects'],
  ['Tokens', '/tokens'],
  ['Requests', '/requests'],
  ['Usage and cost', '/usage'],
  ['Audit', '/audit'],
  ['System', '/system'],
] as const;

/** The pages and actions whose names contain a text. */
function Results({ text, onGo }: { text: string; onGo: (to: (typeof GO)[number][1]) => void }): ReactElement {
  const found = GO.filter(([name]) => name.toLowerCase().includes(text.toLowerCase()));
  return (
    <Menu
      aria-label="Results"
      className="max-h-96 overflow-auto p-1.5 outline-none"
      onAction={(key) => onGo(key as (typeof GO)[number][1])}
      renderEmptyState={() => <p className="px-3 py-6 text-center text-soft">Nothing by that name.</p>}
    >
      {found.length > 0 && (
        <MenuSection>
          <Header className="px-2.5 py-1 text-xs text-faint">Go to</Header>
          {found.map(([name, to]) => (
            <MenuItem
              key={to}
              id={to}
              textValue={name}
              className="flex items-center gap-2.5 rounded-md px-2.5 py-2 outline-none data-focused:bg-hover"
            >
              {to.endsWith('/new') ? <Plus size={15} aria-hidden /> : <ArrowRight size={15} aria-hidden />}
              {name}
            </MenuItem>
          ))}
        </MenuSection>
      )}
    </Menu>
  );
}

/** Search and jump: a dialog with a field and what it finds. */
export default function Palette({ onClose }: { onClose: () => void }): ReactElement {
  const [text, setText] = useState('');
  const navigate = useNavigate();
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(isOpen) => !isOpen && onClose()}
      className="fixed inset-0 z-50 bg-[oklch(0.15_0.02_160/0.45)] p-4 pt-[12vh] grid justify-items-center items-start"
    >
      <Modal className="modal rise w-full max-w-xl rounded-card border border-line bg-surface shadow-lift overflow-hidden">
        <Dialog aria-label="Search or jump to" className="outline-none">
          <Autocomplete inputValue={text} onInputChange={setText}>
            <SearchField autoFocus aria-label="Search or jump to" className="border-b border-line">
              <Input
                placeholder="A project, token, request id, or page"
                className="w-full bg-transparent px-4 py-3.5 text-sm outline-none placeholder:text-faint"
              />
            </SearchField>
            <Results
              text={text}
              onGo={(to) => {
                onClose();
                void navigate({ to });
              }}
            />
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
