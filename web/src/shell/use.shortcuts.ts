import { useEffect } from 'react';
import { useRouter } from '@tanstack/react-router';
import { useMe } from '../api/me';
import { newThingOf } from './actions';
import { PAGES } from './pages';
import { hasSingleKeys } from './single.keys';

/** The second key counts this long after `g`. */
const SEQUENCE_MS = 1500;
const TYPED_INTO = 'input, textarea, select, [contenteditable], [role=menu], [role=listbox]';
const DIALOG = '[role=dialog], [role=alertdialog]';

const isTyped = ({ target }: KeyboardEvent): boolean =>
  target instanceof Element && target.closest(TYPED_INTO) !== null;

/** Moves the focus to the first link or button of the next row, or of the one before. */
function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll('[data-row]')];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at === -1 && step === -1 ? rows.length - 1 : at + step];
  const target = next?.querySelector<HTMLElement>('a[href], button');
  target?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

/** The keys of the interface. Those without Ctrl sleep while one types, or a dialog is open. */
export function useShortcuts(open: (what: 'palette' | 'shortcuts') => void): void {
  const router = useRouter();
  const me = useMe();
  useEffect(() => {
    let afterG = 0;
    const single: Record<string, () => void> = {
      '/': () => document.querySelector<HTMLElement>('[data-search]')?.focus(),
      '?': () => open('shortcuts'),
      g: () => (afterG = Date.now()),
      j: () => moveRow(1),
      k: () => moveRow(-1),
      n: () => {
        const to = newThingOf(router.latestLocation.pathname, me);
        if (to !== undefined) void router.navigate({ to });
      },
    };
    const go = (key: string): boolean => {
      const isSecond = Date.now() - afterG < SEQUENCE_MS;
      afterG = 0;
      const page = isSecond ? PAGES.find((one) => one.key === key) : undefined;
      if (page) void router.navigate({ to: page.to });
      return page !== undefined;
    };
    const onKey = (event: KeyboardEvent): void => {
      const isDialog = document.querySelector(DIALOG) !== null;
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        if (!isDialog) open('palette');
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isDialog || isTyped(event) || !hasSingleKeys()) return;
      const run = single[event.key];
      if (!go(event.key) && run === undefined) return;
      event.preventDefault();
      run?.();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [router, me, open]);
}
