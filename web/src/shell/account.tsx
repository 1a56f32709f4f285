import type { ReactElement } from 'react';
import { useNavigate } from '@tanstack/react-router';
import { LogOut } from 'lucide-react';
import { useMe } from '../api/me';
import { queries } from '../api/queries';
import { signOut } from '../api/session';
import { IconButton } from '../ui/icon.button';
import { toast } from '../ui/overlay/toast';
import { ThemeMenu } from './theme.menu';

/** Who is signed in, the theme, and the way out. */
export function Account(): ReactElement {
  const me = useMe();
  const navigate = useNavigate();
  const leave = async (): Promise<void> => {
    try {
      await signOut();
      queries.clear();
      await navigate({ to: '/login' });
    } catch (error) {
      toast('Still signed in', (error as Error).message, { isBad: true });
    }
  };
  return (
    <div className="flex items-center gap-1 -ml-2 border-t border-line pt-1.5 mt-1">
      <span className="flex-1 pl-2 truncate text-ink font-[550]">{me && (me.name ?? 'Management token')}</span>
      <ThemeMenu />
      <IconButton label="Sign out" onPress={() => void leave()}>
        <LogOut size={17} aria-hidden />
      </IconButton>
    </div>
  );
}
