import type { ReactElement, ReactNode } from 'react';

/** A key of the keyboard. */
export const Kbd = ({ children }: { children: ReactNode }): ReactElement => (
  <kbd className="rounded border border-line bg-sunken px-1.5 py-px text-[0.6875rem] text-soft">{children}</kbd>
);
