import type { ReactElement, ReactNode } from 'react';
import { Check } from 'lucide-react';
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';

export interface MenuAction {
  id: string;
  text: string;
  icon?: ReactNode;
  run: () => void;
}

export interface MenuProps {
  /** A `Button` or an `IconButton`. */
  trigger: ReactNode;
  items: readonly MenuAction[];
  /** The id of the one that is in force, where they exclude each other. */
  chosen?: string;
}

/** Actions, or choices that exclude each other, below a button. */
export const Menu = ({ trigger, items, chosen }: MenuProps): ReactElement => (
  <MenuTrigger>
    {trigger}
    <Popover offset={4} className="rise rounded-card border border-line bg-surface shadow-lift p-1 min-w-44">
      <AriaMenu
        className="outline-none"
        {...(chosen === undefined
          ? {}
          : { selectionMode: 'single', selectedKeys: [chosen], disallowEmptySelection: true })}
        onAction={(key) => items.find(({ id }) => id === key)?.run()}
      >
        {items.map(({ id, text, icon }) => (
          <MenuItem
            key={id}
            id={id}
            textValue={text}
            className="flex items-center gap-2 rounded-md px-2.5 py-1.5 text-[0.8125rem] outline-none data-focused:bg-hover"
          >
            {icon}
            <span className="flex-1">{text}</span>
            {id === chosen && <Check size={14} aria-hidden />}
          </MenuItem>
        ))}
      </AriaMenu>
    </Popover>
  </MenuTrigger>
);
