import type { ReactElement } from 'react';
import { Link, useRouterState } from '@tanstack/react-router';
import { PAGES } from './pages';

const LINK = 'flex items-center gap-2.5 rounded-control px-2.5 min-h-9 text-[0.8125rem] font-[540]';

const isAt = (path: string, to: string): boolean =>
  to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`);

/** The ways to the pages. `onGo` closes the drawer of a phone. */
export function Nav({ onGo }: { onGo: () => void }): ReactElement {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  return (
    <nav aria-label="Main" className="grid gap-0.5">
      {PAGES.map(({ to, text, Icon }) => (
        <Link
          key={to}
          to={to}
          onClick={onGo}
          aria-current={isAt(path, to) ? 'page' : undefined}
          className={`${LINK} ${isAt(path, to) ? 'bg-leaf-wash text-leaf' : 'text-soft hover:bg-hover hover:text-ink'}`}
        >
          <Icon size={16} aria-hidden />
          {text}
        </Link>
      ))}
    </nav>
  );
}
