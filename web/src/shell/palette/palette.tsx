import { type ReactElement, type RefObject, useState } from 'react';
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
import { isToken } from '../../format/secret';
import { useTokenLookup } from '../../parts/token/use.token.lookup';
import { useFirstResult } from './first.result';
import { type Command, SECTIONS, useCommands, useWays } from './palette.commands';
import { useFound } from './palette.found';
import { chosen } from './palette.search';

const Item = ({ id, text, detail, icon }: Command): ReactElement => (
  <MenuItem
    id={id}
    textValue={text}
    className="flex items-center gap-2.5 rounded-md px-2.5 py-2 outline-none data-focused:bg-hover"
  >
    {icon}
    <span className="min-w-0 truncate">{text}</span>
    {detail !== undefined && <span className="min-w-0 truncate ml-auto text-xs text-soft">{detail}</span>}
  </MenuItem>
);

interface ResultsProps {
  found: readonly Command[];
  /** The server has not answered yet. */
  isBusy: boolean;
  menu: RefObject<HTMLDivElement | null>;
  onRun: (one: Command) => void;
}

/** Those that were found, by section. */
const Results = ({ found, isBusy, menu, onRun }: ResultsProps): ReactElement => (
  <Menu
    ref={menu}
    aria-label="Results"
    className="p-1.5 outline-none"
    onAction={(key) => {
      const one = found.find(({ id }) => id === key);
      if (one) onRun(one);
    }}
    renderEmptyState={() => (
      <p className="px-3 py-6 text-center text-soft">{isBusy ? 'Looking' : 'Nothing by that name.'}</p>
    )}
  >
    {SECTIONS.map((section) => ({ section, commands: found.filter((one) => one.section === section) }))
      .filter(({ commands }) => commands.length > 0)
      .map(({ section, commands }) => (
        <MenuSection key={section} id={section}>
          <Header className="px-2.5 py-1 text-xs text-faint">{section}</Header>
          {commands.map((command) => (
            <Item key={command.id} {...command} />
          ))}
        </MenuSection>
      ))}
  </Menu>
);

interface FieldProps {
  field: RefObject<HTMLInputElement | null>;
  onEnter: () => void;
}

const Field = ({ field, onEnter }: FieldProps): ReactElement => (
  <SearchField autoFocus aria-label="Search or jump to" className="border-b border-line" onSubmit={onEnter}>
    <Input
      ref={field}
      placeholder="A page, an action, a name, an id, or a whole token"
      autoComplete="off"
      spellCheck={false}
      className="w-full bg-transparent px-4 py-3.5 text-sm outline-none placeholder:text-faint"
    />
  </SearchField>
);

/** Search and jump: a dialog with a field and what it finds. */
export default function Palette({
  onClose,
  onShortcuts,
}: {
  onClose: () => void;
  onShortcuts: () => void;
}): ReactElement {
  const [text, setText] = useState('');
  const commands = useCommands(onShortcuts);
  const { found, isBusy } = useFound(text.trim());
  const { lookUp, note, forget } = useTokenLookup(onClose);
  const results = chosen(commands, useWays(found), text.trim());
  const run = (one: Command): void => {
    onClose();
    one.run();
  };
  const { field, menu, onEnter } = useFirstResult({
    text: text.trim(),
    first: results[0]?.id,
    isBusy,
    onOpen: () => run(results[0]!),
  });
  const onInput = (next: string): void => {
    const isSecret = isToken(next);
    setText(isSecret ? '' : next);
    if (isSecret) lookUp(next);
    else if (next !== '') forget();
  };
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(isOpen) => !isOpen && onClose()}
      className="fixed inset-0 z-50 bg-[oklch(0.15_0.02_160/0.45)] p-4 pt-[12vh] grid justify-items-center items-start"
    >
      <Modal className="modal rise w-full max-w-xl rounded-card border border-line bg-surface shadow-lift overflow-hidden">
        <Dialog aria-label="Search or jump to" className="outline-none">
          <Autocomplete inputValue={text} onInputChange={onInput}>
            <Field field={field} onEnter={onEnter} />
            {note !== undefined && (
              <p role="status" className="px-4 py-3 text-[0.8125rem] text-soft border-b border-line">
                {note}
              </p>
            )}
            {/* It scrolls, and its items take no focus of their own. */}
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
            <div role="group" aria-label="Results" tabIndex={0} className="max-h-96 overflow-auto">
              <Results found={results} isBusy={isBusy} menu={menu} onRun={run} />
            </div>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
