import type { ReactElement } from 'react';
import { stageOf } from './stage';

const FILL = { fresh: 'bg-leaf', withering: 'bg-straw-fill', withered: 'bg-rust' } as const;

export interface WitheringBarProps {
  label: string;
  /** The part that is left, 0 to 1; null without an end. */
  left: number | null;
  /** The value in words. */
  text: string;
  /** The bar alone, for a table. */
  slim?: boolean;
}

/** What is left of something, as a bar that runs down. A plain element: a table has a hundred of them. */
export function WitheringBar({ label, left, text, slim = false }: WitheringBarProps): ReactElement {
  const part = left === null ? 1 : Math.max(0, Math.min(1, left));
  const fill = left === null ? 'bg-leaf opacity-35' : FILL[stageOf(part)];
  return (
    <div className="grid gap-1 min-w-0">
      {!slim && (
        <div aria-hidden className="flex justify-between gap-3 text-[0.8125rem]">
          <span className="text-soft">{label}</span>
          <span className="font-[560] tabular-nums">{text}</span>
        </div>
      )}
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(part * 100)}
        aria-valuetext={text}
        className={`overflow-hidden rounded-full bg-sunken ring-1 ring-inset ring-line ${slim ? 'h-1.5' : 'h-2.5'}`}
      >
        <div
          className={`h-full rounded-full ${fill}`}
          style={{ width: `${Math.max(part * 100, part > 0 ? 1.5 : 0)}%` }}
        />
      </div>
    </div>
  );
}
