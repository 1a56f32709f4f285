import type { ReactElement } from 'react';
import { ArrowUp, ChevronLeft, ChevronRight } from 'lucide-react';
import type { AuditList } from '../api/types';
import { count } from '../format/number';
import { Button } from '../ui/button';
import { IconButton } from '../ui/icon.button';
import type { AuditSearch } from './search';

/** Beyond, the server wants the number of a row instead of a page. */
const MOST_BY_PAGE = 9000;

export interface AuditPagerProps {
  pagination: AuditList['pagination'];
  shown: number;
  search: AuditSearch;
  set: (more: AuditSearch) => void;
}

type Pagination = AuditList['pagination'];

/** Where the next page is: by its number, or by the last row where pages are not known so far down. */
function nextOf({ page, page_size: size, next_before: before, total_is_minimum: isMinimum }: Pagination): AuditSearch {
  return isMinimum || page * size > MOST_BY_PAGE ? { before, page: undefined } : { page: page + 1 };
}

const range = ({ page, page_size: size, total_count: total, total_is_minimum: isMinimum }: Pagination, shown: number) =>
  shown === 0
    ? `0 of ${isMinimum ? 'at least ' : ''}${count(total)}`
    : `${count((page - 1) * size + 1)}–${count((page - 1) * size + shown)} of ${isMinimum ? 'at least ' : ''}${count(total)}`;

/** Which rows are shown, of how many, and the way to the others. */
export function AuditPager({ pagination, shown, search, set }: AuditPagerProps): ReactElement {
  const { page, has_next: hasNext } = pagination;
  return (
    <nav
      aria-label="Audit events, pages"
      className="pagination flex flex-wrap items-center justify-between gap-3 mt-3 text-[0.8125rem] text-soft"
    >
      <span role="status">
        {range(pagination, shown)}
        {search.before !== undefined && ` before event #${count(search.before)}`}
      </span>
      <span className="flex items-center gap-1">
        {search.before !== undefined && (
          <Button onPress={() => set({ before: undefined, page: undefined })}>
            <ArrowUp size={14} aria-hidden />
            Newest
          </Button>
        )}
        <IconButton
          label="Previous page"
          isDisabled={page <= 1}
          onPress={() => set({ before: search.before, page: page === 2 ? undefined : page - 1 })}
        >
          <ChevronLeft size={17} aria-hidden />
        </IconButton>
        <span className="tabular-nums">Page {count(page)}</span>
        <IconButton
          label="Next page"
          isDisabled={!hasNext}
          onPress={() => set({ before: search.before, ...nextOf(pagination) })}
        >
          <ChevronRight size={17} aria-hidden />
        </IconButton>
      </span>
    </nav>
  );
}
