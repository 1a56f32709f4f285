import { type ReactElement, useState } from 'react';
import { Moon, Sun, SunMoon } from 'lucide-react';
import { IconButton } from '../ui/icon.button';
import { Menu } from '../ui/overlay/menu';
import { chosenTheme, setTheme, type Theme } from './theme';

const ITEMS = [
  { id: 'light', text: 'Light', icon: <Sun size={15} aria-hidden /> },
  { id: 'dark', text: 'Dark', icon: <Moon size={15} aria-hidden /> },
  { id: 'system', text: 'As the system', icon: <SunMoon size={15} aria-hidden /> },
] as const;

export function ThemeMenu(): ReactElement {
  const [chosen, setChosen] = useState(chosenTheme);
  const choose = (theme: Theme): void => {
    setTheme(theme);
    setChosen(theme);
  };
  return (
    <Menu
      chosen={chosen}
      trigger={
        <IconButton label="Theme">
          <SunMoon size={17} aria-hidden />
        </IconButton>
      }
      items={ITEMS.map((item) => ({ ...item, run: () => choose(item.id) }))}
    />
  );
}
