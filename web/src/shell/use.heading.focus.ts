import { useEffect, useRef } from 'react';
import { useRouterState } from '@tanstack/react-router';

/** Calls `use` with the heading of the page once there is one. Returns how to stop that. */
function whenHeaded(use: (heading: HTMLElement) => void): () => void {
  const find = (): boolean => {
    const heading = document.querySelector('h1');
    if (heading !== null) use(heading);
    return heading !== null;
  };
  if (find()) return () => undefined;
  const watch = new MutationObserver(() => {
    if (find()) watch.disconnect();
  });
  watch.observe(document.body, { childList: true, subtree: true });
  return () => watch.disconnect();
}

const isElsewhere = (): boolean => document.activeElement !== document.body && document.activeElement !== null;

/**
 * After each change of page the focus is at its heading, so that a screen reader says where one is. The name of a project is
 * known only once it has been fetched: until then the person may have moved on.
 */
export function useHeadingFocus(): void {
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    const isFirst = before.current === undefined;
    before.current = path;
    if (isFirst) return undefined;
    let isLate = false;
    const stop = whenHeaded((heading) => {
      if (!isLate || !isElsewhere()) heading.focus({ preventScroll: true });
    });
    isLate = true;
    return stop;
  }, [path]);
}
