import type { Reencryption } from '../../maintenance/project.reencryption.js';
import type { KeyStatus, Rotation } from '../../maintenance/key.rotation.js';
import type { TokenSummary } from '../../maintenance/token.summary.js';
import { table } from '../terminal/table.js';

const instant = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

export interface ResealView {
  moved: number;
  unreadable: string[];
}

export const resealView = ({ moved, unreadable }: Reencryption): ResealView => ({ moved, unreadable });

export const resealText = ({ moved }: ResealView): string =>
  moved === 0 ? 'Nothing to do.' : `Sealed ${counted(moved, 'upstream key')} with the current key.`;

export interface RotationView extends ResealView {
  tokens_waiting: number;
  last_expiry: string | null;
}

export const rotationView = (rotation: Rotation): RotationView => ({
  ...resealView(rotation),
  tokens_waiting: rotation.waiting,
  last_expiry: instant(rotation.lastExpiry),
});

export const rotationText = (view: RotationView): string => [resealText(view), previousKeyText(view)].join('\n');

/** Whether the previous key may go: not while tokens need it, nor before it is known what the unreadable keys need. */
function previousKeyText({ tokens_waiting: waiting, last_expiry: until, unreadable }: RotationView): string {
  if (waiting > 0)
    return `${counted(waiting, 'token')} still known by the previous key only. They move when they are used; the last expires ${until}. Until then ENCRYPTION_KEY_PREVIOUS has to stay, or they stop working.`;
  const none = 'No token needs the previous key';
  return unreadable.length > 0 ? `${none}.` : `${none}: ENCRYPTION_KEY_PREVIOUS may go.`;
}

export const unreadableFault = (ids: readonly string[]): string =>
  `the upstream keys of ${counted(ids.length, 'project')} do not open with the keys at hand: give the key they were sealed with, or set their api_key again (${ids.join(', ')})`;

interface FormView {
  form: string;
  key: string | null;
  count: number;
}

export interface StatusView {
  key: string | null;
  previous_key: string | null;
  upstream_keys: FormView[];
  tokens: (FormView & { in_use: number; last_expiry: string | null })[];
  unreadable: string[];
  /** What is left to do, one sentence each; empty when the previous key may go and nothing rests in clear. */
  left: string[];
}

export function statusView(status: KeyStatus): StatusView {
  const upstreamKeys = [...status.upstreamKeys].map(([name, count]) => {
    const [form = '', key = null] = name.split(' ');
    return { form, key, count };
  });
  return {
    key: status.keyId ?? null,
    previous_key: status.previousKeyId ?? null,
    upstream_keys: upstreamKeys,
    tokens: status.tokens.map((token) => ({
      form: token.kind,
      key: token.keyId ?? null,
      count: token.count,
      in_use: token.inUse,
      last_expiry: instant(token.lastExpiry),
    })),
    unreadable: status.unreadable,
    left: whatIsLeft(status, upstreamKeys),
  };
}

function whatIsLeft({ keyId, previousKeyId, unreadable, tokens }: KeyStatus, keys: FormView[]): string[] {
  const total = (has: (form: FormView) => boolean) => keys.filter(has).reduce((sum, { count }) => sum + count, 0);
  const open = total(({ form }) => form === 'clear' || form === 'enc:v1');
  const older = total(({ key }) => key !== null && key === previousKeyId);
  const elsewhere = tokens.filter(({ kind, keyId: key, inUse }) => kind === 'hmac' && key !== keyId && inUse > 0);
  return [
    ...(keyId === undefined ? ['ENCRYPTION_KEY is not set'] : []),
    ...(open > 0
      ? [`${counted(open, 'upstream key')} in clear or in an older form: run llm-proxy migrate encrypt`]
      : []),
    ...(older > 0 ? [`${counted(older, 'upstream key')} under the previous key: run llm-proxy migrate rotate`] : []),
    ...(unreadable.length > 0 ? [unreadableFault(unreadable)] : []),
    ...elsewhere.map(tokensLeft),
  ];
}

const tokensLeft = ({ inUse, keyId, lastExpiry }: TokenSummary): string =>
  `${counted(inUse, 'token')} in use known by key ${keyId} only: they move when they are used, the last expires ${instant(lastExpiry)}`;

export function statusText({ key, upstream_keys: keys, tokens }: StatusView): string {
  const named = (id: string | null): string | null => (id !== null && id === key ? `${id} (current)` : id);
  return table(
    ['WHAT', 'FORM', 'KEY', 'COUNT', 'IN USE', 'LAST EXPIRY'],
    [
      ...keys.map(({ form, key: id, count }) => ['upstream key', form, named(id), count, null, null]),
      ...tokens.map((one) => ['token', one.form, named(one.key), one.count, one.in_use, one.last_expiry]),
    ],
  );
}
