import { useEffect, useRef } from 'react';
import { useRouterState } from '@tanstack/react-router';

/** After each change of page the focus is at its heading, so that a screen reader says where one is. */
export function useHeadingFocus(): void {
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    const isFirst = before.current === undefined;
    before.current = path;
    if (!isFirst) document.querySelector('h1')?.focus({ preventScroll: true });
  }, [path]);
}
