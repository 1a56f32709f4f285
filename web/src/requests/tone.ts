import type { RequestRow } from '../api/types';
import type { Tone } from '../ui/badge';

/** Nothing is good or bad by its status alone: a stream that broke off had a 200. */
export function toneOf({ status, end }: Pick<RequestRow, 'status' | 'end'>): Tone {
  if (status === undefined) return 'bad';
  if (status >= 500) return 'bad';
  if (status >= 400) return 'warn';
  return end === 'ok' ? 'good' : 'warn';
}
