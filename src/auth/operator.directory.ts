import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsWhere, In, Repository } from 'typeorm';
import type { Actor } from '../common/values/actor.js';
import { Clock } from '../common/values/clock.js';
import { TokenHasher } from '../crypto/token.hasher.js';
import { Freshness } from '../replicas/freshness.js';
import { OperatorEntity } from './operator.entity.js';

/** The time of the last use is written this often at most. */
const USE_EVERY_MS = 60_000;

/** An operator that is not revoked. */
interface KnownOperator {
  /** As it is stored. */
  hash: string;
  /** What of the row decides over its calls. */
  readonly content: string;
  readonly expiresAt: number | null;
  /** One object as long as the operator does not change. */
  readonly actor: Actor;
  /** When its use was last written. */
  usedAt: number;
  isBeingWritten: boolean;
}

/**
 * All operators that are not revoked (at most MAX_OPERATORS), in memory by the hash of their secret: a known one costs no
 * query while changes can be followed, and the failures of other clients never count against it. An invalidation makes all
 * of it outdated; it is read again before the next answer.
 */
@Injectable()
export class OperatorDirectory {
  private byHash = new Map<string, KnownOperator>();
  private byId = new Map<string, KnownOperator>();
  /** Grows with every invalidation: what was read at an earlier epoch may be outdated. */
  private epoch = 0;
  private loadedEpoch = -1;
  private loading: Promise<void> | undefined;

  constructor(
    @InjectRepository(OperatorEntity) private readonly operators: Repository<OperatorEntity>,
    private readonly hasher: TokenHasher,
    private readonly freshness: Freshness,
    private readonly clock: Clock,
  ) {}

  /** The operator with this secret among those in memory. Undefined: none, or it has expired. */
  async find(secret: string): Promise<Actor | undefined> {
    // A loop in place: after its last look nothing may be awaited before the answer.
    while (this.loadedEpoch !== this.epoch) await this.load();
    const known = this.knownBy(secret);
    if (!known) return undefined;
    return this.freshness.isCurrent ? this.usable(known, secret) : this.read(secret);
  }

  /** Asks the database, for an operator that another replica created a moment ago. */
  async read(secret: string): Promise<Actor | undefined> {
    const known = await this.readOne({ secretHash: In(this.hasher.candidates(secret)) });
    return known && this.usable(known, secret);
  }

  /** The operator with this id. Undefined: there is none, or it is revoked or has expired. */
  async findById(id: string): Promise<Actor | undefined> {
    while (this.loadedEpoch !== this.epoch) await this.load();
    const inMemory = this.freshness.isCurrent ? this.byId.get(id) : undefined;
    const known = inMemory ?? (await this.readOne({ id }));
    return known && !this.hasExpired(known) ? known.actor : undefined;
  }

  /** False from a change of what its operator may do on, and once that has expired. */
  isCurrent(actor: Actor): boolean {
    if (actor.kind !== 'operator') return true;
    const known = this.byId.get(actor.id!);
    return known !== undefined && hasSameRights(known.actor, actor) && !this.hasExpired(known);
  }

  /** These operators changed, or any may have: they are forgotten now, and all are read again. */
  invalidate(ids: ReadonlySet<string>, everything: boolean): void {
    this.epoch += 1;
    for (const id of ids) this.forget(id);
    void this.loadAgain(everything);
  }

  /** After a failure, the next call tries again: nothing is answered from memory of an earlier epoch. */
  private async loadAgain(everything: boolean): Promise<void> {
    try {
      // The reading that this joins may have ended just before the invalidation.
      while (this.loadedEpoch !== this.epoch) await this.load();
    } catch {
      // Any operator may have changed: the streams of live requests end.
      if (everything && this.loadedEpoch !== this.epoch) this.forgetAll();
    }
  }

  private async readOne(where: FindOptionsWhere<OperatorEntity>): Promise<KnownOperator | undefined> {
    for (;;) {
      const { epoch } = this;
      const row = await this.operators.findOneBy({ ...where, isActive: true });
      if (epoch === this.epoch) return row ? this.keep(row) : undefined;
    }
  }

  private knownBy(secret: string): KnownOperator | undefined {
    for (const hash of this.hasher.candidates(secret)) {
      const known = this.byHash.get(hash);
      if (known) return known;
    }
    return undefined;
  }

  private usable(known: KnownOperator, secret: string): Actor | undefined {
    if (this.hasExpired(known)) return undefined;
    void this.noteUse(known, this.hasher.hash(secret)).catch(() => undefined);
    return known.actor;
  }

  private hasExpired({ expiresAt }: KnownOperator): boolean {
    return expiresAt !== null && expiresAt <= this.clock.now();
  }

  /** One reading serves all calls that wait for it. */
  private async load(): Promise<void> {
    this.loading ??= this.readAll().finally(() => (this.loading = undefined));
    return this.loading;
  }

  /** Reads again after an invalidation meanwhile: a late read never admits a revoked operator. */
  private async readAll(): Promise<void> {
    for (;;) {
      const { epoch } = this;
      const rows = await this.operators.findBy({ isActive: true });
      if (epoch !== this.epoch) continue;
      const before = this.byId;
      this.forgetAll();
      for (const row of rows) this.keep(row, before.get(row.id));
      this.loadedEpoch = epoch;
      return;
    }
  }

  private keep(row: OperatorEntity, before = this.byId.get(row.id)): KnownOperator {
    const known = before?.content === contentOf(row) ? before : knownOf(row);
    known.hash = row.secretHash;
    this.byId.set(row.id, known);
    this.byHash.set(known.hash, known);
    return known;
  }

  private forget(id: string): void {
    for (const [hash, known] of this.byHash) if (known.actor.id === id) this.byHash.delete(hash);
    this.byId.delete(id);
  }

  private forgetAll(): void {
    this.byHash = new Map();
    this.byId = new Map();
  }

  /**
   * Not awaited: a call does not fail because its time cannot be written. A used credential is hashed with the current key,
   * so that the previous key can be removed one day.
   */
  private async noteUse(known: KnownOperator, current: string): Promise<void> {
    const now = this.clock.now();
    const { hash, actor } = known;
    if (known.isBeingWritten || (hash === current && now - known.usedAt < USE_EVERY_MS)) return;
    known.usedAt = now;
    known.isBeingWritten = true;
    try {
      await this.operators.update({ id: actor.id!, secretHash: hash }, { lastUsedAt: now, secretHash: current });
      known.hash = current;
      if (this.byId.get(actor.id!) === known) this.byHash.set(current, known);
    } finally {
      known.isBeingWritten = false;
    }
  }
}

const contentOf = ({ name, role, projects, expiresAt }: OperatorEntity): string =>
  JSON.stringify([name, role, projects, expiresAt]);

const knownOf = (row: OperatorEntity): KnownOperator => ({
  hash: row.secretHash,
  content: contentOf(row),
  expiresAt: row.expiresAt,
  usedAt: row.lastUsedAt ?? -Infinity,
  isBeingWritten: false,
  actor: {
    kind: 'operator',
    origin: 'api',
    id: row.id,
    name: row.name,
    role: row.role,
    projects: row.projects === null ? undefined : new Set(row.projects),
  },
});

/** The actor of a call is a copy, with the call. */
const hasSameRights = (a: Actor, b: Actor): boolean => a.role === b.role && isDeepStrictEqual(a.projects, b.projects);
