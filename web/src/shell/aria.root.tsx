import type { ReactElement, ReactNode } from 'react';
import { useRouter } from '@tanstack/react-router';
import { I18nProvider, RouterProvider } from 'react-aria-components';

/** Gives React Aria the router and the one language. */
export function AriaRoot({ children }: { children: ReactNode }): ReactElement {
  const router = useRouter();
  return (
    <I18nProvider locale="en-US">
      <RouterProvider navigate={(href) => router.history.push(href)}>{children}</RouterProvider>
    </I18nProvider>
  );
}
