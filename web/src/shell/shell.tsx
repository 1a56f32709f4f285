import { lazy, type ReactElement, Suspense, useCallback, useState } from 'react';
import { Outlet } from '@tanstack/react-router';
import { Menu } from 'lucide-react';
import { IconButton } from '../ui/icon.button';
import { Loading } from '../ui/state';
import { Toasts } from '../ui/overlay/toast';
import { Logo } from './logo';
import { Sidebar } from './sidebar';
import { useHeadingFocus } from './use.heading.focus';
import { usePaletteKey } from './use.palette.key';
import { useSessionEnd } from './use.session.end';

const Palette = lazy(() => import('./palette'));

const SkipLink = (): ReactElement => (
  <button
    type="button"
    onClick={() => document.getElementById('main')?.focus()}
    className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded focus:bg-surface focus:px-3 focus:py-2"
  >
    Skip to content
  </button>
);

/** What stands around every page but the login. */
export default function Shell(): ReactElement {
  const [hasPalette, setPalette] = useState(false);
  const [hasDrawer, setDrawer] = useState(false);
  usePaletteKey(useCallback(() => setPalette((isOpen) => !isOpen), []));
  useHeadingFocus();
  useSessionEnd();
  return (
    <div className="min-h-dvh grid lg:grid-cols-[14.5rem_1fr]">
      <SkipLink />
      <Sidebar isOpen={hasDrawer} onClose={() => setDrawer(false)} onSearch={() => setPalette(true)} />
      {hasDrawer && (
        <button
          type="button"
          aria-label="Close menu"
          className="fixed inset-0 z-20 bg-[oklch(0.15_0.02_160/0.4)] lg:hidden"
          onClick={() => setDrawer(false)}
        />
      )}
      <div className="min-w-0">
        <header className="lg:hidden flex items-center gap-2 px-3 h-13 border-b border-line bg-canvas sticky top-0 z-10">
          <IconButton label="Menu" onPress={() => setDrawer(true)}>
            <Menu size={18} aria-hidden />
          </IconButton>
          <Logo />
        </header>
        <main id="main" tabIndex={-1} className="px-7 max-sm:px-3 py-7 max-sm:py-5 max-w-[86rem] mx-auto outline-none">
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      {hasPalette && (
        <Suspense>
          <Palette onClose={() => setPalette(false)} />
        </Suspense>
      )}
      <Toasts />
    </div>
  );
}
