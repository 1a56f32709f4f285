import type { ReactElement, ReactNode } from 'react';
import { ArrowDownRight, ArrowUpRight } from 'lucide-react';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { Change } from './change';

export interface FigureProps {
  label: string;
  value: string;
  /** The exact value, where `value` is shortened. */
  exact?: string;
  change?: Change | undefined;
  note: ReactNode;
  /** The list that it counts. */
  link: Pick<LinkProps, 'to' | 'search'>;
}

const Against = ({ isUp, text }: Change): ReactElement => (
  <span className="inline-flex items-center align-bottom mr-1 text-ink font-[560]">
    {isUp ? <ArrowUpRight size={13} aria-label="up" /> : <ArrowDownRight size={13} aria-label="down" />}
    {text}
  </span>
);

/** One figure, which leads to the list behind it. */
export const Figure = ({ label, value, exact, change, note, link }: FigureProps): ReactElement => (
  <Link
    {...link}
    className="rounded-card border border-line bg-surface px-4 py-3.5 grid gap-0.5 content-start hover:border-edge transition-colors"
  >
    <span className="text-[0.8125rem] text-soft">{label}</span>
    <span title={exact} className="text-[1.625rem] leading-tight font-[640] tracking-[-0.02em] tabular-nums">
      {value}
    </span>
    <span className="text-xs text-soft">
      {change && <Against {...change} />}
      {note}
    </span>
  </Link>
);
