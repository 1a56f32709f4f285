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

/** A point at which operators are warned: a part of the lifetime or of the cap is left, or nothing is. */
export interface Stage {
  readonly of: 'time' | 'cap';
  /** What is left; 0 = expired or exhausted. */
  readonly percent: number;
  /** The same for the same stage of the same expiry or cap: a new expiry or cap has stages of its own. */
  readonly occasion: string;
}

/** The stages that are due, and the next ones: what the token is to store once the due ones are sent. */
export interface Outlook {
  readonly due: readonly Stage[];
  /** The instant of the next stage; NO_MORE = there is none. */
  readonly warnAt: number;
  /** The request count of the next stage; NO_MORE = there is none. */
  readonly warnCount: number;
}

/** `warnAt` or `warnCount` of a token without a stage to come. */
export const NO_MORE = Number.MAX_SAFE_INTEGER;
/** What ended longer ago is no news. It matters when a token is looked at for the first time, after an upgrade. */
const NEWS_FOR_MS = 24 * 60 * 60 * 1000;

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
 * is due. Stages of a revoked or replaced token pass in silence.
 */
export function outlookOf(token: WarnedToken, percents: readonly number[], nowMs: number): Outlook {
  const time = timeOf(token, percents, nowMs);
  const cap = capOf(token, percents);
  const due = isSilent(token) ? [] : [dueOf(time), dueOf(cap)].filter((stage) => stage !== undefined);
  const isOver = due.some(({ of, percent }) => of === 'time' && percent === 0);
  return {
    due: due.filter(({ of, percent }) => !isOver || of === 'time' || percent === 0).filter(isNews(token, nowMs)),
    warnAt: nextOf(time),
    warnCount: nextOf(cap),
  };
}

/**
 * Columns of a token whose expiry or cap changes from `before` to `after`: its stages are computed anew by the next look,
 * which is due at once.
 */
export function warningColumns(
  before: Pick<TokenEntity, 'expiresAt' | 'maxRequests' | 'warnAt'>,
  after: Partial<Pick<TokenEntity, 'expiresAt' | 'maxRequests'>>,
  nowMs: number,
): Partial<Pick<TokenEntity, 'warnAt' | 'warnCount'>> {
  const { expiresAt = before.expiresAt, maxRequests = before.maxRequests } = after;
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
  return { of, percent, occasion: percent === 0 ? String(limit) : `${of}-${percent}-${limit}` };
}

const nextOf = ({ stages, now }: Scale): number => stages.find(({ at }) => at > now)?.at ?? NO_MORE;

/** Without the product of the whole, which may exceed the safe integers; rounded down as in the status of a token. */
const shareOf = (whole: number, percent: number): number =>
  Math.floor(whole / 100) * percent + Math.floor(((whole % 100) * percent) / 100);

const isSilent = ({ isActive, accountId }: WarnedToken): boolean => !isActive || accountId !== null;

const isNews =
  ({ expiresAt, lastUsedAt, warnAt, warnCount }: WarnedToken, nowMs: number) =>
  ({ of, percent }: Stage): boolean => {
    if (percent > 0 || (of === 'time' ? warnAt : warnCount) > 0) return true;
    return nowMs - (of === 'time' ? expiresAt : (lastUsedAt ?? 0)) < NEWS_FOR_MS;
  };
