import { createHmac, hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/app.config.js';
import type { SessionEntity } from './session.entity.js';

/** What a cookie has: random bytes, then a check over them. 32 bytes are 43 characters of base64url. */
const RANDOM_BYTES = 28;
const CHECK_BYTES = 4;
const SECRET = /^[\w-]{43}$/;

/** What the mark of a session covers. */
export type Marked = Pick<SessionEntity, 'id' | 'secretHash' | 'operatorId' | 'remember' | 'createdAt' | 'expiresAt'>;

/** The keys that one management token gives. */
interface MarkKeys {
  /** The beginning of its marks. */
  readonly prefix: string;
  readonly mark: Buffer;
  readonly check: Buffer;
}

/**
 * Sessions belong to the management token: who can write to the database can make none, and a session ends when its token
 * is neither MANAGEMENT_TOKEN nor MANAGEMENT_TOKEN_PREVIOUS any more.
 */
@Injectable()
export class SessionMarks {
  /** The current token's first. */
  private readonly keys: readonly MarkKeys[];

  constructor({ managementToken, previousManagementToken }: AppConfig) {
    this.keys = [managementToken, previousManagementToken].filter((token) => token !== undefined).map(keysOf);
  }

  /** The beginnings of the marks that are valid. */
  get prefixes(): string[] {
    return this.keys.map(({ prefix }) => prefix);
  }

  /** `isFormer`: of a login with the management token before, with which it ends. */
  newSecret(isFormer = false): string {
    const random = randomBytes(RANDOM_BYTES);
    return Buffer.concat([random, checkOf(random, this.keysFor(isFormer))]).toString('base64url');
  }

  /** False for a text that no server with these management tokens has made: it costs no query. */
  isOwn(secret: string): boolean {
    if (!SECRET.test(secret)) return false;
    const bytes = Buffer.from(secret, 'base64url');
    const [random, check] = [bytes.subarray(0, RANDOM_BYTES), bytes.subarray(RANDOM_BYTES)];
    return this.keys.some((keys) => timingSafeEqual(check, checkOf(random, keys)));
  }

  /** `isFormer` as in `newSecret`. */
  sign(session: Marked, isFormer = false): string {
    return markOf(session, this.keysFor(isFormer));
  }

  /** Whether a valid management token has signed these fields. Compares in constant time. */
  isRight(session: Marked & { readonly mark: string }): boolean {
    const mark = Buffer.from(session.mark);
    return this.keys.some((keys) => {
      const expected = Buffer.from(markOf(session, keys));
      return mark.length === expected.length && timingSafeEqual(mark, expected);
    });
  }

  private keysFor(isFormer: boolean): MarkKeys {
    return this.keys[isFormer ? 1 : 0]!;
  }
}

/** What the database has of a cookie. */
export const hashOfSecret = (secret: string): string => hash('sha256', secret);

function keysOf(token: string): MarkKeys {
  const derive = (purpose: string, bytes = 32): Buffer =>
    Buffer.from(hkdfSync('sha256', token, '', `llm-proxy/${purpose}/v1`, bytes));
  return {
    prefix: `${derive('session-mark-id', 4).toString('hex')}:`,
    mark: derive('session-mark'),
    check: derive('session-cookie'),
  };
}

const checkOf = (random: Buffer, { check }: MarkKeys): Buffer =>
  createHmac('sha256', check).update(random).digest().subarray(0, CHECK_BYTES);

function markOf(session: Marked, { prefix, mark }: MarkKeys): string {
  const { id, secretHash, operatorId, remember, createdAt, expiresAt } = session;
  const fields = [id, secretHash, operatorId ?? '', Number(remember), createdAt, expiresAt].join('|');
  return prefix + createHmac('sha256', mark).update(fields).digest('base64url');
}
