import type { ReactElement } from 'react';
import { parseDate, type CalendarDate } from '@internationalized/date';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { Button, CalendarCell, CalendarGrid, Heading, RangeCalendar as AriaRangeCalendar } from 'react-aria-components';

export interface RangeCalendarProps {
  /** The first and the last day: `2026-11-28`. */
  from: string;
  to: string;
  /** The last day that can be chosen. */
  today: string;
  onChange: (from: string, to: string) => void;
}

const CELL =
  'grid place-items-center size-8 outline-none data-outside-month:invisible data-selected:bg-leaf-wash data-selection-start:bg-leaf data-selection-start:text-on-leaf data-selection-start:rounded-l-md data-selection-end:bg-leaf data-selection-end:text-on-leaf data-selection-end:rounded-r-md data-hovered:bg-hover data-hovered:text-ink data-focus-visible:outline-2 data-focus-visible:outline-leaf data-disabled:text-faint data-disabled:opacity-50';
const STEP = 'grid place-items-center size-7 rounded text-soft hover:bg-hover hover:text-ink';

/** Two days of a calendar. It is fetched when it is opened. */
export default function RangeCalendar({ from, to, today, onChange }: RangeCalendarProps): ReactElement {
  return (
    <AriaRangeCalendar<CalendarDate>
      aria-label="Period"
      autoFocus
      defaultValue={{ start: parseDate(from), end: parseDate(to) }}
      maxValue={parseDate(today)}
      onChange={(range) => onChange(range.start.toString(), range.end.toString())}
    >
      <header className="flex items-center justify-between mb-2">
        <Button slot="previous" className={STEP}>
          <ChevronLeft size={16} aria-hidden />
        </Button>
        <Heading className="text-sm font-[600]" />
        <Button slot="next" className={STEP}>
          <ChevronRight size={16} aria-hidden />
        </Button>
      </header>
      <CalendarGrid className="border-separate border-spacing-y-1 text-[0.8125rem]">
        {(date) => <CalendarCell date={date} className={CELL} />}
      </CalendarGrid>
    </AriaRangeCalendar>
  );
}
