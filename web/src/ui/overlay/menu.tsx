import type { ReactElement, ReactNode } from 'react';
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';

export interface MenuAction {
  id: string;
  text: string;
  icon?: ReactNode;
  isDanger?: boolean;
  run: () => void;
}

export interface MenuProps {
  /** A `Button` or an `IconButton`. */
  trigger: ReactNode;
  items: readonly MenuAction[];
}

export const Menu = ({ trigger, items }: MenuProps): ReactElement => (
  <MenuTrigger>
    {trigger}
    <Popover offset={4} className="rise rounded-card border border-line bg-surface shadow-lift p-1 min-w-44">
      <AriaMenu className="outline-none" onAction={(key) => items.find(({ id }) => id === key)?.run()}>
        {items.map(({ id, text, icon, isDanger }) => (
          <MenuItem
            key={id}
            id={id}
            textValue={text}
            className={`flex items-center gap-2 rounded-md px-2.5 py-1.5 text-[0.8125rem] outline-none data-focused:bg-hover ${isDanger ? 'text-rust' : ''}`}
          >
            {icon}
            {text}
          </MenuItem>
        ))}
      </AriaMenu>
    </Popover>
  </MenuTrigger>
);
