import type { ReactElement } from 'react';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { count } from '../../format/number';
import { IconButton } from '../icon.button';

export interface PagerProps {
  /** What is paged, for screen readers. */
  label: string;
  page: number;
  size: number;
  total: number;
  onPage: (page: number) => void;
}

/** Which rows are shown, of how many, and the way to the others. */
export function Pager({ label, page, size, total, onPage }: PagerProps): ReactElement {
  const pages = Math.max(1, Math.ceil(total / size));
  return (
    <nav
      aria-label={`${label}, pages`}
      className="pagination flex flex-wrap items-center justify-between gap-3 mt-3 text-[0.8125rem] text-soft"
    >
      <span role="status">
        {count(Math.min(total, (page - 1) * size + 1))}–{count(Math.min(total, page * size))} of {count(total)}
      </span>
      <span className="flex items-center gap-1">
        <IconButton label="Previous page" isDisabled={page <= 1} onPress={() => onPage(page - 1)}>
          <ChevronLeft size={17} aria-hidden />
        </IconButton>
        <span className="tabular-nums">
          Page {count(page)} of {count(pages)}
        </span>
        <IconButton label="Next page" isDisabled={page >= pages} onPress={() => onPage(page + 1)}>
          <ChevronRight size={17} aria-hidden />
        </IconButton>
      </span>
    </nav>
  );
}
