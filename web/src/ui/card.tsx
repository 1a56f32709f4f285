import type { ReactElement, ReactNode } from 'react';

export interface CardProps {
  title?: ReactNode;
  /** Right of the title. */
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  /** False for content that reaches the edge, such as a table. */
  pad?: boolean;
}

/** A part of a page, with a heading of the second level. */
export const Card = ({ title, actions, children, className = '', pad = true }: CardProps): ReactElement => (
  <section className={`rounded-card border border-line bg-surface ${className}`}>
    {title !== undefined && (
      <header className="flex flex-wrap items-center justify-between gap-2 px-4 pt-3.5 pb-2.5">
        <h2>{title}</h2>
        {actions}
      </header>
    )}
    <div className={pad ? 'px-4 pb-4 first:pt-4' : ''}>{children}</div>
  </section>
);
