import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import type { ApiError } from '../common/errors/api.error.js';
import { SlotSet, type Slot } from '../common/values/slot.set.js';
import { Clock } from '../common/values/clock.js';
import { errors } from '../common/errors/errors.js';
import { AppConfig } from '../config/app.config.js';
import { TokenEntity } from './token.entity.js';

/** Tokens a question to the store asks about. */
const MAX_BATCH = 500;
const ASK_AGAIN_MS = 250;

/** By what a change names the tokens it concerns. */
export interface TokenIdentity {
  readonly id: string;
  readonly projectId: string;
}

/** What a running exchange goes by, from its admission on. */
export interface RevocationHandle {
  readonly token: TokenIdentity;
  /** The epoch at which its admission began. */
  readonly since: number;
  /** performance.now() from which it is cut: a jump of the wall clock ends no stream. Infinity unless expiry cuts. */
  endsAt: number;
  /** The registry's: where its exchange stands there. */
  slot?: Slot<Revocable> | undefined;
}

/** An exchange that may be ended before its end. */
export interface Revocable {
  readonly handle: RevocationHandle;
  /** Called at most once, with why the token may no longer be used. */
  end(why: ApiError): void;
}

/**
 * The exchanges that are running, so that what is taken from a token is taken from them too. One set, walked when
 * something changes: an index by token would cost every request. A change is only a reason to ask the store; what it
 * leaves usable (another name, a higher cap) goes on.
 */
@Injectable()
export class InFlightRegistry implements OnApplicationShutdown {
  private readonly logger = new Logger(InFlightRegistry.name);
  private readonly cutOn: AppConfig['token']['cutOn'];
  private readonly running = new SlotSet<Revocable>();
  private readonly suspects = new Set<Revocable>();
  private judging = false;
  private again: NodeJS.Timeout | undefined;
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

  /** When an exchange of a token that expires then is cut; see Lease. */
  endOf(expiresAt: number): number {
    return this.cutOn.expiry ? performance.now() + expiresAt - this.clock.now() : Infinity;
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

  /** Something about these tokens or their projects changed, and is committed. */
  invalidate(concerns: (token: TokenIdentity) => boolean): void {
    this.invalidations += 1;
    for (const exchange of this.running) if (concerns(exchange.handle.token)) this.suspect(exchange);
  }

  onApplicationShutdown(): void {
    clearTimeout(this.again);
    this.suspects.clear();
  }

  private suspect(exchange: Revocable): void {
    this.suspects.add(exchange);
    if (!this.judging) void this.judge();
  }

  /** A store that cannot say ends nothing: it is asked again. */
  private async judge(): Promise<void> {
    this.judging = true;
    try {
      while (this.suspects.size > 0) await this.judgeBatch([...this.suspects].slice(0, MAX_BATCH));
    } catch (error) {
      this.logger.warn({ msg: 'running exchanges of changed tokens cannot be judged yet', err: error });
      clearTimeout(this.again);
      this.again = setTimeout(() => void this.judge(), ASK_AGAIN_MS).unref();
      return;
    } finally {
      this.judging = false;
    }
  }

  private async judgeBatch(batch: Revocable[]): Promise<void> {
    for (const exchange of batch) this.suspects.delete(exchange);
    const found = await this.read(batch).catch((error: unknown) => {
      for (const exchange of batch) if (isRunning(exchange)) this.suspects.add(exchange);
      throw error;
    });
    for (const exchange of batch) if (isRunning(exchange)) this.verdict(exchange, found);
  }

  private async read(batch: Revocable[]): Promise<Map<string, TokenEntity>> {
    const ids = [...new Set(batch.map(({ handle }) => handle.token.id))];
    const rows = await this.tokens.find({ where: { id: In(ids) }, relations: { project: true } });
    return new Map(rows.map((row) => [row.id, row]));
  }

  private verdict(exchange: Revocable, found: ReadonlyMap<string, TokenEntity>): void {
    const row = found.get(exchange.handle.token.id);
    const why = row ? endOfUse(row) : errors.tokenInactive();
    if (row) exchange.handle.endsAt = this.endOf(row.expiresAt);
    if (!why) return;
    this.delete(exchange);
    exchange.end(why);
  }
}

const isRunning = ({ handle }: Revocable): boolean => handle.slot !== undefined && handle.slot.at >= 0;

function endOfUse({ isActive, project }: TokenEntity): ApiError | undefined {
  if (!isActive) return errors.tokenInactive();
  return project?.isActive && project.deletedAt === null ? undefined : errors.projectInactive();
}
