import { csvLine } from '../../common/rest/csv.js';
import { sumsView } from './usage.dto.js';
import { NOTHING } from './usage.fold.js';
import type { Report } from './usage.report.js';

/** Local time without an offset, as spreadsheets read it. */
const local = (instant: number, offset: number): string =>
  new Date(instant + offset).toISOString().slice(0, 19).replace('T', ' ');

const HEAD = csvLine(['start_utc', 'start_local', 'time_zone', 'key', 'name', ...Object.keys(sumsView(NOTHING))]);

/** Lines of CSV, the names of the columns first: one for each series in each point where it has requests. */
export function* csvOf({ period, series }: Report): Generator<string> {
  yield HEAD;
  for (const [i, start] of period.starts.entries()) {
    const times = [new Date(start).toISOString(), local(start, period.zone.offsetAt(start)), period.zone.name];
    for (const { key, name, points } of series) {
      const sums = points.get(i);
      if (sums) yield csvLine([...times, key, name, ...Object.values(sumsView(sums))]);
    }
  }
}
