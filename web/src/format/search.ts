/** The parameters of a URL as they are written: no JSON, so that `?search=1e3` stays a text. */
export const parseSearch = (query: string): Record<string, string> => Object.fromEntries(new URLSearchParams(query));

/** `undefined` and `''` are left out: a filter that is not set is not in the URL. */
export function writeSearch(values: Record<string, unknown>): string {
  const pairs = Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => [name, String(value)]);
  const query = new URLSearchParams(pairs).toString();
  return query === '' ? '' : `?${query}`;
}

/** What a page is given by a link or by its own URL. */
export type RawSearch = Record<string, unknown>;

/** A text that is not empty; anything else is as if it were not there. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A whole number of at least `least`; anything else is as if it were not there. */
export function whole(value: unknown, least = 1): number | undefined {
  const number = Number(text(value) ?? Number.NaN);
  return Number.isSafeInteger(number) && number >= least ? number : undefined;
}

/** A date, or a date and a time; anything else is as if it were not there. */
export function instant(value: unknown): string | undefined {
  const at = text(value);
  return at === undefined || Number.isNaN(Date.parse(at)) ? undefined : at;
}

/** `true`; anything else is as if it were not there. */
export const flag = (value: unknown): true | undefined => (text(value) === 'true' ? true : undefined);

/** One of these words; anything else is as if it were not there. */
export const oneOf = <const T extends string>(value: unknown, allowed: readonly T[]): T | undefined =>
  allowed.find((one) => one === text(value));
