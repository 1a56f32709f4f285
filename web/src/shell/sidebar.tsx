import type { ReactElement } from 'react';
import { BookOpen, Search } from 'lucide-react';
import { API } from '../api/base';
import { Kbd } from '../ui/kbd';
import { Account } from './account';
import { Logo } from './logo';
import { Nav } from './nav';
import { ServerState } from './server.state';

export interface SidebarProps {
  /** A page was chosen. */
  onGo: () => void;
  onSearch: () => void;
}

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** What stands beside the page, and in the drawer of a phone. */
export const Sidebar = ({ onGo, onSearch }: SidebarProps): ReactElement => (
  <div className="flex flex-col gap-5 p-3 min-h-full">
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
      <Kbd>{IS_MAC ? '⌘ K' : 'Ctrl K'}</Kbd>
    </button>
    <Nav onGo={onGo} />
    <div className="mt-auto grid gap-2 px-2.5 pb-1 text-xs text-soft">
      <a href={`${API}/docs`} className="flex items-center gap-2 min-h-6 hover:text-ink">
        <BookOpen size={14} aria-hidden />
        API reference
      </a>
      <ServerState />
      <Account />
    </div>
  </div>
);
