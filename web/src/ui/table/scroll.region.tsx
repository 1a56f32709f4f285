import type { ReactElement, ReactNode } from 'react';

export interface ScrollRegionProps {
  label: string;
  /** Shows a line that runs, while the rows of the last answer stay. */
  isBusy?: boolean;
  children: ReactNode;
}

/** A box for a table that may be wider than the page: it scrolls by the arrow keys, the page does not. */
export const ScrollRegion = ({ label, isBusy = false, children }: ScrollRegionProps): ReactElement => (
  <div
    className="relative overflow-x-auto rounded-card border border-line bg-surface"
    aria-busy={isBusy}
    // A region that scrolls must be reachable by the keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    tabIndex={0}
    role="region"
    aria-label={`${label}, scrollable`}
  >
    {isBusy && (
      <div aria-hidden className="absolute inset-x-0 top-0 h-0.5 overflow-hidden">
        <div className="progress h-full w-1/3 bg-leaf" />
      </div>
    )}
    {children}
  </div>
);
