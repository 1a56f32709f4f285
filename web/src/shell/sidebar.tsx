import type { ReactElement } from 'react';
import { BookOpen, Search } from 'lucide-react';
import { API } from '../api/base';
import { Kbd } from '../ui/kbd';
import { Account } from './account';
import { Logo } from './logo';
import { Nav } from './nav';
import { ServerState } from './server.state';

export interface SidebarProps {
  /** Below 1024 px it is a drawer. */
  isOpen: boolean;
  onClose: () => void;
  onSearch: () => void;
}

const DRAWER = 'max-lg:fixed max-lg:inset-y-0 max-lg:left-0 max-lg:z-30 max-lg:w-64 max-lg:shadow-lift';

export const Sidebar = ({ isOpen, onClose, onSearch }: SidebarProps): ReactElement => (
  <aside
    aria-label="Navigation"
    className={`border-r border-line bg-surface lg:sticky lg:top-0 lg:h-dvh flex flex-col gap-5 p-3 overflow-y-auto ${DRAWER} ${isOpen ? '' : 'max-lg:hidden'}`}
  >
    <div className="px-2.5 pt-2">
      <Logo />
    </div>
    <button
      type="button"
      onClick={onSearch}
      className="flex items-center gap-2 rounded-control border border-line bg-canvas px-2.5 min-h-8 text-[0.8125rem] text-faint hover:border-edge"
    >
      <Search size={14} aria-hidden />
      <span className="flex-1 text-left">Search or jump</span>
      <Kbd>Ctrl K</Kbd>
    </button>
    <Nav onGo={onClose} />
    <div className="mt-auto grid gap-2 px-2.5 pb-1 text-xs text-soft">
      <a href={`${API}/docs`} className="flex items-center gap-2 min-h-6 hover:text-ink">
        <BookOpen size={14} aria-hidden />
        API reference
      </a>
      <ServerState />
      <Account />
    </div>
  </aside>
);
