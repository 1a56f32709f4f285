import type { ReactElement } from 'react';
import { Moon, Sun, SunMoon } from 'lucide-react';
import { IconButton } from '../ui/icon.button';
import { Menu } from '../ui/overlay/menu';
import { setTheme } from './theme';

const ITEMS = [
  { id: 'light', text: 'Light', icon: <Sun size={15} aria-hidden />, run: () => setTheme('light') },
  { id: 'dark', text: 'Dark', icon: <Moon size={15} aria-hidden />, run: () => setTheme('dark') },
  { id: 'system', text: 'As the system', icon: <SunMoon size={15} aria-hidden />, run: () => setTheme('system') },
];

export const ThemeMenu = (): ReactElement => (
  <Menu
    trigger={
      <IconButton label="Theme">
        <SunMoon size={17} aria-hidden />
      </IconButton>
    }
    items={ITEMS}
  />
);
