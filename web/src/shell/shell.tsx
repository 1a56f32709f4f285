import { lazy, type ReactElement, Suspense, useState } from 'react';
import { Outlet } from '@tanstack/react-router';
import { Menu } from 'lucide-react';
import { useSignInReason } from '../api/session.lost';
import { IconButton } from '../ui/icon.button';
import { Toasts } from '../ui/overlay/toast';
import { Loading } from '../ui/state';
import { useMedia } from '../ui/use.media';
import { Drawer } from './drawer';
import { HealthBanner } from './health.banner';
import { Logo } from './logo';
import { Sidebar } from './sidebar';
import { useHeadingFocus } from './use.heading.focus';
import { useSessionEnd } from './use.session.end';
import { useShortcuts } from './use.shortcuts';

const Palette = lazy(() => import('./palette/palette'));
const Relogin = lazy(() => import('./relogin'));
const ShortcutList = lazy(() => import('./shortcut.list'));

type Open = 'drawer' | 'palette' | 'shortcuts' | undefined;

const SkipLink = (): ReactElement => (
  <button
    type="button"
    onClick={() => document.getElementById('main')?.focus()}
    className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded focus:bg-surface focus:px-3 focus:py-2"
  >
    Skip to content
  </button>
);

const TopBar = ({ onMenu }: { onMenu: () => void }): ReactElement => (
  <header className="flex items-center gap-2 px-3 h-13 border-b border-line bg-canvas sticky top-0 z-10">
    <IconButton label="Menu" onPress={onMenu}>
      <Menu size={18} aria-hidden />
    </IconButton>
    <Logo />
  </header>
);

/** The dialogs of the shell, each fetched when it is opened first. */
function Dialogs({ open, setOpen }: { open: Open; setOpen: (open: Open) => void }): ReactElement {
  const reason = useSignInReason();
  const close = (): void => setOpen(undefined);
  return (
    <Suspense>
      {open === 'palette' && <Palette onClose={close} onShortcuts={() => setOpen('shortcuts')} />}
      {open === 'shortcuts' && <ShortcutList onClose={close} />}
      {reason !== undefined && <Relogin reason={reason} />}
    </Suspense>
  );
}

/** What stands around every page but the login. */
export default function Shell(): ReactElement {
  const [open, setOpen] = useState<Open>();
  const isWide = useMedia('(min-width: 64rem)');
  useShortcuts(setOpen);
  useHeadingFocus();
  useSessionEnd();
  const search = (): void => setOpen('palette');
  return (
    <div className="min-h-dvh grid lg:grid-cols-[14.5rem_1fr] max-lg:content-start">
      <SkipLink />
      {isWide && (
        <aside aria-label="Navigation" className="border-r border-line bg-surface sticky top-0 h-dvh overflow-y-auto">
          <Sidebar onGo={() => undefined} onSearch={search} />
        </aside>
      )}
      <div className="min-w-0">
        {!isWide && <TopBar onMenu={() => setOpen('drawer')} />}
        <HealthBanner />
        <main id="main" tabIndex={-1} className="px-7 max-sm:px-3 py-7 max-sm:py-5 max-w-[86rem] mx-auto outline-none">
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      {!isWide && <Drawer isOpen={open === 'drawer'} onClose={() => setOpen(undefined)} onSearch={search} />}
      <Dialogs open={open} setOpen={setOpen} />
      <Toasts />
    </div>
  );
}
