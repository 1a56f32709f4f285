import type { ReactNode } from 'react';
import { useRouter } from '@tanstack/react-router';
import { Activity, Folder, Key, Keyboard, LogOut, Moon, Plus, Sun, SunMoon } from 'lucide-react';
import { useMe } from '../../api/me';
import type { Found } from '../../api/types';
import { newThings } from '../actions';
import { PAGES } from '../pages';
import { leave } from '../sign.out';
import { setTheme } from '../theme';

/** In the order of the list. */
export const SECTIONS = ['Go to', 'Do', 'Projects', 'Tokens', 'Requests'] as const;

export interface Command {
  id: string;
  section: (typeof SECTIONS)[number];
  text: string;
  /** What tells it from others of that name. */
  detail?: string;
  icon: ReactNode;
  run: () => void;
}

const theme = (id: 'light' | 'dark' | 'system', text: string, icon: ReactNode): Command => ({
  id: `theme-${id}`,
  section: 'Do',
  text: `Theme: ${text}`,
  icon,
  run: () => setTheme(id),
});

/** What can be done and where one can go. Only what the signed-in person may. */
export function useCommands(onShortcuts: () => void): Command[] {
  const router = useRouter();
  const me = useMe();
  return [
    ...newThings(me).map(({ to, text }): Command => ({
      id: to,
      section: 'Do',
      text,
      icon: <Plus size={15} aria-hidden />,
      run: () => void router.navigate({ to }),
    })),
    ...PAGES.map(({ to, text, Icon }): Command => ({
      id: to,
      section: 'Go to',
      text,
      icon: <Icon size={15} aria-hidden />,
      run: () => void router.navigate({ to }),
    })),
    theme('light', 'light', <Sun size={15} aria-hidden />),
    theme('dark', 'dark', <Moon size={15} aria-hidden />),
    theme('system', 'as the system', <SunMoon size={15} aria-hidden />),
    {
      id: 'shortcuts',
      section: 'Do',
      text: 'Keyboard shortcuts',
      icon: <Keyboard size={15} aria-hidden />,
      run: onShortcuts,
    },
    {
      id: 'sign-out',
      section: 'Do',
      text: 'Sign out',
      icon: <LogOut size={15} aria-hidden />,
      run: () => void leave(),
    },
  ];
}

const KINDS = {
  project: ['Projects', '/projects/$id', Folder],
  token: ['Tokens', '/tokens/$id', Key],
  request: ['Requests', '/requests/$id', Activity],
} as const satisfies Record<Found['kind'], unknown>;

/** The way to what the store has. */
export function useWays(found: readonly Found[]): Command[] {
  const router = useRouter();
  return found.map(({ kind, id, title, text: detail }): Command => {
    const [section, to, Icon] = KINDS[kind];
    return {
      id: `${kind} ${id}`,
      section,
      text: title,
      detail,
      icon: <Icon size={15} aria-hidden />,
      run: () => void router.navigate({ to, params: { id } }),
    };
  });
}
