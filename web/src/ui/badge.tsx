import type { ReactElement, ReactNode } from 'react';

const TONE = {
  good: 'bg-leaf-wash text-leaf',
  warn: 'bg-straw-wash text-straw',
  bad: 'bg-rust-wash text-rust',
  none: 'bg-sunken text-soft',
} as const;

export type Tone = keyof typeof TONE;

export interface BadgeProps {
  tone?: Tone | undefined;
  children: ReactNode;
  dot?: boolean;
}

/** A state in a word. */
export const Badge = ({ tone = 'none', children, dot = true }: BadgeProps): ReactElement => (
  <span
    className={`badge inline-flex items-center gap-1.5 rounded-full px-2 py-0.5 text-xs font-[560] whitespace-nowrap ${TONE[tone]}`}
  >
    {dot && <span aria-hidden className="size-1.5 rounded-full bg-current" />}
    {children}
  </span>
);
