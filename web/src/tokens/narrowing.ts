import type { Token } from '../api/types';

/** One entry a line or between commas; null when there is none. */
export function listOf(text: string): string[] | null {
  const entries = text
    .split(/[\n,]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  return entries.length === 0 ? null : entries;
}

/** A limit as it is typed: blank and 0 are none. Throws for what is no number: a limit must not go by mistake. */
export function limitOf(text: string): number | null {
  const number = Number(text);
  if (Number.isNaN(number)) throw new Error(`${text} is not a number.`);
  return text === '' || number === 0 ? null : number;
}

export type Narrowing = Pick<
  Token,
  'rate_limit_per_minute' | 'max_concurrent' | 'allowed_models' | 'allowed_endpoints' | 'allowed_ips'
>;

const one = (text: string, entries: readonly string[] | null): string | undefined =>
  entries === null ? undefined : `${text} ${entries.join(', ')}.`;

/** What a token is bound to, a sentence each. Empty for one that is bound to nothing. */
export function narrowingWords(token: Narrowing): string[] {
  const { rate_limit_per_minute: rate, max_concurrent: most } = token;
  return [
    rate === null ? undefined : `At most ${rate} ${rate === 1 ? 'request' : 'requests'} in any minute.`,
    most === null ? undefined : `At most ${most} at a time.`,
    one('Only the models', token.allowed_models),
    one('Only the endpoints', token.allowed_endpoints),
    one('Only from', token.allowed_ips),
  ].filter((text) => text !== undefined);
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The fields of `next` that are not as in `before`. */
export const differing = <T extends object>(before: { [K in keyof T]?: unknown }, next: T): Partial<T> =>
  Object.fromEntries(Object.entries(next).filter(([key, value]) => !same(value, before[key as keyof T]))) as Partial<T>;
