import type { ReactElement } from 'react';
import { LogOut } from 'lucide-react';
import { useMe } from '../api/me';
import type { Role } from '../api/types';
import { IconButton } from '../ui/icon.button';
import { leave } from './sign.out';
import { ThemeMenu } from './theme.menu';

const ROLE: Record<Role, string> = { viewer: 'Viewer', manager: 'Manager', admin: 'Administrator' };

const scope = (projects: readonly string[] | null): string => {
  if (projects === null) return '';
  return projects.length === 1 ? ', 1 project' : `, ${projects.length} projects`;
};

/** Who is signed in, the theme, and the way out. */
export function Account(): ReactElement {
  const me = useMe();
  return (
    <div className="flex items-center gap-1 -ml-2 border-t border-line pt-1.5 mt-1">
      <p id="who-am-i" className="flex-1 pl-2 min-w-0">
        {me && (
          <>
            <span className="block truncate text-ink font-[550]">{me.name ?? 'Management token'}</span>
            <span className="block truncate">
              {ROLE[me.role]}
              {scope(me.projects)}
            </span>
          </>
        )}
      </p>
      <ThemeMenu />
      <IconButton label="Sign out" onPress={() => void leave()}>
        <LogOut size={17} aria-hidden />
      </IconButton>
    </div>
  );
}
