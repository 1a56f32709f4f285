import type { TokenEntity } from '../token.entity.js';

/** What the warnings of a token depend on. */
export type WarnedToken = Pick<
  TokenEntity,
  | 'isActive'
  | 'createdAt'
  | 'expiresAt'
  | 'maxRequests'
  | 'requestCount'
  | 'lastUsedAt'
  | 'accountId'
  | 'warnAt'
  | 'warnCount'
>;

/** When a token is to be looked at. */
export type WarningColumns = Pick<TokenEntity, 'warnAt' | 'warnCount'>;

/** A point at which operators are warned: a part of the lifetime or of the cap is left, or nothing is. */
export interface Stage {
  readonly of: 'time' | 'cap';
  /** What is left; 0 = expired or exhausted. */
  readonly percent: number;
  /** The same for the same stage of the same expiry or cap: a new expiry or cap has stages of its own. */
  readonly key: string;
}

/** The stages that are due, and the next ones: what the token is to store once the due ones are sent. */
export interface WarningSchedule {
  readonly due: readonly Stage[];
  /** The instant of the next stage; NO_MORE = there is none. */
  readonly warnAt: number;
  /** The request count of the next stage; NO_MORE = there is none. */
  readonly warnCount: number;
}

/** `warnAt` or `warnCount` of a token without a stage to come. */
export const NO_MORE = Number.MAX_SAFE_INTEGER;
/** The columns of a token that has no warnings until it is active again. */
export const NO_WARNINGS = { warnAt: NO_MORE, warnCount: NO_MORE } as const;
/** A token that ended longer ago causes no warning. This matters when a token is looked at for the first time, after an upgrade. */
const RECENT_MS = 24 * 60 * 60 * 1000;

/** One dimension of a token: `at` and `now` are instants of a lifetime, or counts of a cap. */
interface Scale {
  readonly of: Stage['of'];
  readonly stages: readonly { readonly percent: number; readonly at: number }[];
  readonly now: number;
  /** The place of the next stage as the token stores it; 0 = not computed yet. */
  readonly seen: number;
  readonly limit: number;
}

/**
 * The warnings of a token at `nowMs`. `percents` fall. Of several stages that have passed since the last look, the gravest
 * is due. A revoked token has none; those of a replaced token pass without a warning.
 */
export function scheduleOf(token: WarnedToken, percents: readonly number[], nowMs: number): WarningSchedule {
  if (!token.isActive) return { due: [], ...NO_WARNINGS };
  const time = timeOf(token, percents, nowMs);
  const cap = capOf(token, percents);
  const due = token.accountId === null ? [dueOf(time), dueOf(cap)].filter((stage) => stage !== undefined) : [];
  const isOver = token.expiresAt <= nowMs;
  return {
    due: due.filter(({ percent }) => !isOver || percent === 0).filter(isRecent(token, nowMs)),
    warnAt: nextOf(time),
    warnCount: nextOf(cap),
  };
}

/** Columns of a new token: it is looked at when its first stage comes, or at once when one has passed already. */
export function firstWarnings(token: WarnedToken, percents: readonly number[], nowMs: number): WarningColumns {
  const { due, warnAt, warnCount } = scheduleOf(token, percents, nowMs);
  return due.length === 0 ? { warnAt, warnCount } : { warnAt: 0, warnCount: token.warnCount };
}

/**
 * Columns of a token whose status, expiry or cap changes from `before` to `after`: its stages are computed anew by the next
 * look, which is due at once. A token that is active again, or no longer expired, has all its stages again.
 */
export function warningColumns(
  before: Pick<TokenEntity, 'isActive' | 'expiresAt' | 'maxRequests' | 'warnAt'>,
  after: Partial<Pick<TokenEntity, 'isActive' | 'expiresAt' | 'maxRequests'>>,
  nowMs: number,
): Partial<WarningColumns> {
  const { isActive = before.isActive, expiresAt = before.expiresAt, maxRequests = before.maxRequests } = after;
  if (!isActive) return before.isActive ? NO_WARNINGS : {};
  const wasExpired = before.expiresAt <= nowMs && expiresAt !== before.expiresAt;
  if (!before.isActive || wasExpired) return { warnAt: 0, warnCount: 0 };
  const hasNewCap = maxRequests !== before.maxRequests;
  return {
    ...(hasNewCap ? { warnAt: Math.min(before.warnAt, nowMs), warnCount: 0 } : {}),
    ...(expiresAt === before.expiresAt ? {} : { warnAt: 0 }),
  };
}

function timeOf({ createdAt, expiresAt, warnAt }: WarnedToken, percents: readonly number[], now: number): Scale {
  const lifetime = Math.max(0, expiresAt - createdAt);
  const stages = [...percents, 0].map((percent) => ({ percent, at: expiresAt - shareOf(lifetime, percent) }));
  return { of: 'time', stages, now, seen: warnAt, limit: expiresAt };
}

/** A replaced token has no cap of its own. */
function capOf(token: WarnedToken, percents: readonly number[]): Scale {
  const { maxRequests, requestCount: now, accountId, warnCount: seen } = token;
  const limit = accountId === null ? (maxRequests ?? 0) : 0;
  const stages =
    limit === 0 ? [] : [...percents, 0].map((percent) => ({ percent, at: limit - shareOf(limit, percent) }));
  return { of: 'cap', stages, now, seen, limit };
}

function dueOf({ of, stages, now, seen, limit }: Scale): Stage | undefined {
  const passed = stages.findLast(({ at }) => at <= now);
  if (!passed || passed.at < seen) return undefined;
  const { percent } = passed;
  return { of, percent, key: percent === 0 ? String(limit) : `${of}-${percent}-${limit}` };
}

const nextOf = ({ stages, now }: Scale): number => stages.find(({ at }) => at > now)?.at ?? NO_MORE;

/** Without the product of the whole, which may exceed the safe integers; rounded down as in the status of a token. */
const shareOf = (whole: number, percent: number): number =>
  Math.floor(whole / 100) * percent + Math.floor(((whole % 100) * percent) / 100);

const isRecent =
  ({ expiresAt, lastUsedAt, warnAt, warnCount }: WarnedToken, nowMs: number) =>
  ({ of, percent }: Stage): boolean => {
    if (percent > 0 || (of === 'time' ? warnAt : warnCount) > 0) return true;
    return nowMs - (of === 'time' ? expiresAt : (lastUsedAt ?? 0)) < RECENT_MS;
  };
