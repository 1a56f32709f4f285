import type { Reencryption } from '../../maintenance/project.reencryption.js';
import type { KeyStatus, Rotation } from '../../maintenance/key.rotation.js';
import type { OperatorSummary } from '../../maintenance/operator.summary.js';
import type { TokenSummary } from '../../maintenance/token.summary.js';
import { tableTime } from '../terminal/relative.time.js';
import { table } from '../terminal/table.js';
import { ownCommand } from '../../common/values/own.command.js';
import type { Screen } from '../terminal/terminal.js';

const instant = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

export interface ReencryptionView {
  moved: number;
  unreadable: string[];
}

export const reencryptionView = ({ moved, unreadable }: Reencryption): ReencryptionView => ({ moved, unreadable });

export const reencryptionText = ({ moved }: ReencryptionView): string =>
  moved === 0 ? 'Nothing to do.' : `Encrypted ${counted(moved, 'upstream key')} with the current key.`;

export interface RotationView extends ReencryptionView {
  tokens_waiting: number;
  last_expiry: string | null;
  operators_waiting: number;
}

export const rotationView = (rotation: Rotation): RotationView => ({
  ...reencryptionView(rotation),
  tokens_waiting: rotation.waiting,
  last_expiry: instant(rotation.lastExpiry),
  operators_waiting: rotation.waitingOperators,
});

export const rotationText = (view: RotationView): string => [reencryptionText(view), previousKeyText(view)].join('\n');

/** Says whether ENCRYPTION_KEY_PREVIOUS may be removed. It stays while tokens or operators need it, and while an unreadable key may need it. */
function previousKeyText(view: RotationView): string {
  const { tokens_waiting: tokens, last_expiry: until, operators_waiting: operators, unreadable } = view;
  const waiting = [
    ...(tokens > 0
      ? [
          `Tokens that still need the previous key: ${tokens}. Each moves to the current key at its next use; the last expires ${until}. Keep ENCRYPTION_KEY_PREVIOUS until then, or they stop working.`,
        ]
      : []),
    ...(operators > 0
      ? [
          `Operators that still need the previous key: ${operators}. Each moves to the current key at its next call. Keep ENCRYPTION_KEY_PREVIOUS until then, or revoke them.`,
        ]
      : []),
  ];
  if (waiting.length > 0) return waiting.join('\n');
  const none = 'No token needs the previous key';
  return unreadable.length > 0 ? `${none}.` : `${none}: you may remove ENCRYPTION_KEY_PREVIOUS.`;
}

export const unreadableProblem = (ids: readonly string[]): string =>
  `the upstream keys of ${counted(ids.length, 'project')} cannot be decrypted with the configured keys: configure the key that encrypted them, or set their api_key again (${ids.join(', ')})`;

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
  operators: (FormView & { in_use: number })[];
  unreadable: string[];
  /** What remains to be done, one sentence each. Empty when the previous key may be removed and no key is stored in clear. */
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
    operators: status.operators.map(({ kind, keyId = null, count, inUse }) => ({
      form: kind,
      key: keyId,
      count,
      in_use: inUse,
    })),
    unreadable: status.unreadable,
    left: remainingWork(status, upstreamKeys),
  };
}

function remainingWork(status: KeyStatus, keys: FormView[]): string[] {
  const { keyId, previousKeyId, unreadable, tokens, operators } = status;
  const total = (matches: (form: FormView) => boolean) =>
    keys.filter(matches).reduce((sum, { count }) => sum + count, 0);
  const unsealed = total(({ form }) => form === 'clear' || form === 'enc:v1');
  const older = total(({ key }) => key !== null && key === previousKeyId);
  const isWaiting = ({ kind, keyId: key, inUse }: OperatorSummary): boolean =>
    kind === 'hmac' && key !== keyId && inUse > 0;
  return [
    ...(keyId === undefined ? ['ENCRYPTION_KEY is not set'] : []),
    ...(unsealed > 0
      ? [`${counted(unsealed, 'upstream key')} in clear or in an older form: run ${ownCommand('migrate encrypt')}`]
      : []),
    ...(older > 0
      ? [`${counted(older, 'upstream key')} under the previous key: run ${ownCommand('migrate rotate')}`]
      : []),
    ...(unreadable.length > 0 ? [unreadableProblem(unreadable)] : []),
    ...tokens.filter(isWaiting).map(remainingTokens),
    ...operators.filter(isWaiting).map(remainingOperators),
  ];
}

const remainingTokens = ({ inUse, keyId, lastExpiry }: TokenSummary): string =>
  `${counted(inUse, 'token')} in use under key ${keyId}: each moves to the current key at its next use, the last expires ${instant(lastExpiry)}`;

const remainingOperators = ({ inUse, keyId }: OperatorSummary): string =>
  `${counted(inUse, 'operator')} in use under key ${keyId}: each moves to the current key at its next call`;

export function statusText({ key, upstream_keys: keys, tokens, operators }: StatusView, screen: Screen): string {
  const named = (id: string | null): string | null => (id !== null && id === key ? `${id} (current)` : id);
  return table(
    ['WHAT', 'FORM', 'KEY', 'COUNT', 'IN USE', 'LAST EXPIRY'],
    [
      ...keys.map(({ form, key: id, count }) => ['upstream key', form, named(id), count, null, null]),
      ...tokens.map((one) => [
        'token',
        one.form,
        named(one.key),
        one.count,
        one.in_use,
        tableTime(one.last_expiry, screen),
      ]),
      ...operators.map((one) => ['operator', one.form, named(one.key), one.count, one.in_use, null]),
    ],
    screen,
    ['KEY'],
  );
}
