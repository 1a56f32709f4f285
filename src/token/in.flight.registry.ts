import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import type { ApiError } from '../common/errors/api.error.js';
import { SlotSet, type Slot } from '../common/values/slot.set.js';
import { Clock } from '../common/values/clock.js';
import { errors } from '../common/errors/errors.js';
import { AppConfig } from '../config/app.config.js';
import { TokenEntity } from './token.entity.js';

/** Tokens that one query reads. */
const MAX_BATCH = 500;
const RETRY_MS = 250;

/** The ids by which an invalidation names tokens. */
export interface TokenIdentity {
  readonly id: string;
  readonly projectId: string;
}

/** What decides when the exchanges of a token end by time. */
export interface Ending {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Set for a token that was replaced. */
  readonly accountId: string | null | undefined;
}

/** What the registry knows of an exchange, from its admission on. */
export interface RevocationHandle {
  readonly token: TokenIdentity;
  /** The epoch at which its admission began. */
  readonly since: number;
  /** Of its token, in milliseconds since the epoch. */
  expiresAt: number;
  /** performance.now() at which the exchange is cut: a jump of the wall clock ends no stream. Infinity unless expiry cuts. */
  endsAt: number;
  /** The slot of the exchange in the registry. */
  slot?: Slot<Revocable> | undefined;
}

/** An exchange that the revocation of its token ends. */
export interface Revocable {
  readonly handle: RevocationHandle;
  /** Called at most once. `refusal` says why the token may no longer be used. */
  end(refusal: ApiError): void;
}

/**
 * The running exchanges, so that the revocation of a token ends them. One set, iterated at an invalidation: an index by
 * token would cost every request. An invalidation only makes the registry read the tokens anew: an exchange whose token is
 * still usable, for instance after a new name, goes on.
 */
@Injectable()
export class InFlightRegistry {
  private readonly logger = new Logger(InFlightRegistry.name);
  private readonly cutOn: AppConfig['token']['cutOn'];
  private readonly running = new SlotSet<Revocable>();
  private readonly suspects = new Set<Revocable>();
  private isJudging = false;
  private retry: NodeJS.Timeout | undefined;
  private invalidations = 0;

  constructor(
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.cutOn = config.token.cutOn;
  }

  /** Counts invalidations. Read before a token is looked up, it lets `add` notice an invalidation in between. */
  get epoch(): number {
    return this.invalidations;
  }

  /** `endsAt` for an exchange of the token. A replaced one ends with its overlap, as if it were revoked then. */
  endOf({ expiresAt, accountId }: Ending): number {
    const isCut = typeof accountId === 'string' ? this.cutOn.revoke : this.cutOn.expiry;
    return isCut ? performance.now() + expiresAt - this.clock.now() : Infinity;
  }

  add(exchange: Revocable): void {
    if (!this.cutOn.revoke) return;
    exchange.handle.slot = this.running.add(exchange);
    if (exchange.handle.since !== this.invalidations) this.suspect(exchange);
  }

  delete(exchange: Revocable): void {
    const { slot } = exchange.handle;
    if (slot) this.running.delete(slot);
    if (this.suspects.size > 0) this.suspects.delete(exchange);
  }

  /** These tokens or their projects have a committed change. */
  invalidate(concerns: (token: TokenIdentity) => boolean): void {
    this.invalidations += 1;
    for (const exchange of this.running) if (concerns(exchange.handle.token)) this.suspect(exchange);
  }

  close(): void {
    clearTimeout(this.retry);
    this.suspects.clear();
  }

  private suspect(exchange: Revocable): void {
    this.suspects.add(exchange);
    if (!this.isJudging) void this.judge();
  }

  /** While the database is down no exchange ends, and the query is repeated. */
  private async judge(): Promise<void> {
    this.isJudging = true;
    try {
      while (this.suspects.size > 0) await this.judgeBatch([...this.suspects].slice(0, MAX_BATCH));
    } catch (error) {
      this.logger.warn({ msg: 'running requests of changed tokens cannot be checked yet', err: error });
      clearTimeout(this.retry);
      this.retry = setTimeout(() => void this.judge(), RETRY_MS).unref();
    } finally {
      this.isJudging = false;
    }
  }

  private async judgeBatch(batch: Revocable[]): Promise<void> {
    for (const exchange of batch) this.suspects.delete(exchange);
    const found = await this.read(batch).catch((error: unknown) => {
      for (const exchange of batch) if (isRunning(exchange)) this.suspects.add(exchange);
      throw error;
    });
    for (const exchange of batch) if (isRunning(exchange)) this.apply(exchange, found);
  }

  private async read(batch: Revocable[]): Promise<Map<string, TokenEntity>> {
    const ids = [...new Set(batch.map(({ handle }) => handle.token.id))];
    const rows = await this.tokens.find({ where: { id: In(ids) }, relations: { project: true } });
    return new Map(rows.map((row) => [row.id, row]));
  }

  private apply(exchange: Revocable, found: ReadonlyMap<string, TokenEntity>): void {
    const row = found.get(exchange.handle.token.id);
    const refusal = row ? refusalOf(row) : errors.tokenInactive();
    if (row) {
      exchange.handle.expiresAt = row.expiresAt;
      exchange.handle.endsAt = this.endOf(row);
    }
    if (!refusal) return;
    this.delete(exchange);
    exchange.end(refusal);
  }
}

const isRunning = ({ handle }: Revocable): boolean => handle.slot !== undefined && handle.slot.index >= 0;

function refusalOf({ isActive, project }: TokenEntity): ApiError | undefined {
  if (!isActive) return errors.tokenInactive();
  return project?.isActive && project.deletedAt === null ? undefined : errors.projectInactive();
}
