import type { TokenBounds } from '../../../project/project.entity.js';
import { usageError } from '../../terminal/cli.error.js';
import { allowList, cap, limit, minutes } from '../../terminal/option.values.js';
import type { ManagementClient } from '../management.client.js';

type Value = number | string[] | null;
/** Fields that change; null removes the default or the maximum. */
export type BoundsChange = Readonly<Partial<Record<keyof TokenBounds, Value>>>;

const NONE = 'none';
const list = (name: string, value: string): string[] => [...allowList(name, value)];
const FIELDS: Record<string, [field: keyof TokenBounds, read: (name: string, value: string) => unknown]> = {
  duration: ['duration_minutes', minutes],
  'max-requests': ['max_requests', cap],
  'rate-limit-per-minute': ['rate_limit_per_minute', limit],
  'max-concurrent': ['max_concurrent', limit],
  'allowed-model': ['allowed_models', list],
  'allowed-endpoint': ['allowed_endpoints', list],
  'allowed-ip': ['allowed_ips', list],
};
const NAMES = Object.keys(FIELDS).join(', ');

export const TOKEN_DEFAULT = {
  flags: '--token-default <option=value>',
  description: `what new tokens get, such as duration=1d or max-requests=1000; ${NAMES}; repeatable; "none" removes it`,
} as const;
export const TOKEN_MAXIMUM = {
  flags: '--token-maximum <option=value>',
  description: 'what a manager may give a token at most, such as duration=30d; as --token-default',
} as const;

/** One `option=value` after those before. The option is named as in `token generate`. */
export function bound(name: string, text: string, before: BoundsChange = {}): BoundsChange {
  const at = text.indexOf('=');
  const option = at === -1 ? '' : text.slice(0, at);
  if (!Object.hasOwn(FIELDS, option))
    throw usageError(`${name} must be option=value with one of ${NAMES}, such as duration=30d`);
  const [field, read] = FIELDS[option]!;
  const value = text.slice(at + 1);
  const given = value === NONE ? null : read(`${name} ${option}`, value);
  const isNone = given === 'unlimited' || (Array.isArray(given) && given.includes('any'));
  return { ...before, [field]: isNone ? null : (given as Value) };
}

/** All bounds after the change: the API replaces them as a whole. */
const changedBounds = (current: TokenBounds | null, change: BoundsChange): Record<string, Value> =>
  Object.fromEntries(
    Object.entries({ ...current, ...change }).filter((entry): entry is [string, Value] => entry[1] !== null),
  );

interface Bounded {
  readonly token_defaults?: TokenBounds | null;
  readonly token_maxima?: TokenBounds | null;
}

export interface BoundsOptions {
  tokenDefault?: BoundsChange;
  tokenMaximum?: BoundsChange;
}

/** The fields of a new project. */
export const boundsFieldsOf = ({ tokenDefault, tokenMaximum }: BoundsOptions) => ({
  token_defaults: tokenDefault && changedBounds(null, tokenDefault),
  token_maxima: tokenMaximum && changedBounds(null, tokenMaximum),
});

/** The fields of a change; what no option changes is absent. */
export async function changedBoundsFields(
  api: ManagementClient,
  path: string,
  { tokenDefault, tokenMaximum }: BoundsOptions,
): Promise<Bounded> {
  if (tokenDefault === undefined && tokenMaximum === undefined) return {};
  const { token_defaults: defaults, token_maxima: maxima } = await api.get<Bounded>(path);
  return {
    ...(tokenDefault && { token_defaults: changedBounds(defaults ?? null, tokenDefault) }),
    ...(tokenMaximum && { token_maxima: changedBounds(maxima ?? null, tokenMaximum) }),
  };
}

/** As the option takes it: in the largest unit that is whole. */
function lifetime(count: number): string {
  if (count % 1440 === 0) return `${count / 1440}d`;
  return count % 60 === 0 ? `${count / 60}h` : `${count}m`;
}

const shown = (bounds: TokenBounds): string =>
  Object.entries(FIELDS)
    .flatMap(([name, [field]]) => {
      const value: number | string[] | null | undefined = bounds[field];
      if (value === null || value === undefined) return [];
      return `${name}=${field === 'duration_minutes' ? lifetime(Number(value)) : String(value)}`;
    })
    .join(' ');

/** The lines of the defaults and maxima of a project. */
export const boundsLines = ({ token_defaults: defaults, token_maxima: maxima }: Bounded): [string, string][] => [
  ...(defaults ? [['Token defaults', shown(defaults)] satisfies [string, string]] : []),
  ...(maxima ? [['Token maxima', shown(maxima)] satisfies [string, string]] : []),
];
