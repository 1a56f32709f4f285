import { FORMATS } from './formats';

/** An instant as a field `datetime-local` takes it, in the zone of the browser. */
export const localField = (at: string | undefined): string =>
  at === undefined ? '' : FORMATS.ymd_hm(new Date(at)).replace(' ', 'T');

/** The instant of such a field; undefined for an empty one. */
export const instantOf = (field: string): string | undefined =>
  field === '' ? undefined : new Date(field).toISOString();
