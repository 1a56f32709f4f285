import type { ReactElement, ReactNode } from 'react';

/** A name and its value, inside a `dl`. */
export const Fact = ({ label, children }: { label: string; children: ReactNode }): ReactElement => (
  <div className="grid grid-cols-[8rem_1fr] max-sm:grid-cols-1 gap-x-4 gap-y-0.5 py-2 border-t border-line first:border-t-0">
    <dt className="text-soft">{label}</dt>
    <dd className="min-w-0 [&_code]:text-xs">{children}</dd>
  </div>
);
