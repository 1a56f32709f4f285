import { lazy, type ReactElement, Suspense, useState } from 'react';
import { CalendarDays } from 'lucide-react';
import { Dialog, DialogTrigger, Popover } from 'react-aria-components';
import type { Usage } from '../api/types';
import { useMinute } from '../format/now';
import { Button } from '../ui/button';
import { Choice } from '../ui/form/choice';
import { addDays, dayIn, fromOf, PRESETS, presetOf, rangeText } from './range';
import type { UsageSearch } from './search';

const RangeCalendar = lazy(() => import('./range.calendar'));

export interface RangePickerProps {
  search: UsageSearch;
  /** What the server understood; undefined before its first answer. */
  range: Pick<Usage, 'from' | 'to' | 'interval'> | undefined;
  zone: string;
  set: (more: UsageSearch) => void;
}

/** The period: a preset, or two days of a calendar. */
export function RangePicker({ search, range, zone, set }: RangePickerProps): ReactElement {
  const now = useMinute();
  const [isOpen, setOpen] = useState(false);
  const today = dayIn(zone, now);
  const preset = presetOf(search, zone, now);
  const choose = (from: string, last: string): void => {
    setOpen(false);
    set({ from, to: last === today ? undefined : addDays(last, 1), interval: undefined });
  };
  return (
    <>
      <Choice
        label="Period"
        value={preset ?? ('' as (typeof PRESETS)[number][0])}
        onChange={(id) => set({ from: fromOf(id, zone, now), to: undefined, interval: undefined })}
        options={PRESETS}
      />
      <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
        <Button>
          <CalendarDays size={15} aria-hidden />
          {range === undefined ? 'Period' : rangeText(range.from, range.to, zone)}
        </Button>
        <Popover className="rise rounded-card border border-line bg-surface shadow-lift p-4">
          <Dialog aria-label="Choose the period" className="outline-none">
            <Suspense fallback={<p className="text-soft">Loading…</p>}>
              {range !== undefined && (
                <RangeCalendar
                  from={dayIn(zone, Date.parse(range.from))}
                  to={dayIn(zone, Math.max(Date.parse(range.from), Math.min(now, Date.parse(range.to) - 1)))}
                  today={today}
                  onChange={choose}
                />
              )}
            </Suspense>
          </Dialog>
        </Popover>
      </DialogTrigger>
    </>
  );
}
