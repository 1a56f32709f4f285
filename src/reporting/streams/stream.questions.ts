import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { QuestionCounter } from '../../changes/question.counter.js';
import { DATABASE_CLOCK, dialectOf, withPlaceholders } from '../../database/dialect/dialect.js';
import { ReplicaIdentity } from '../../replicas/replica.identity.js';
import { LIVE_MS, ReplicaRegistry, type ReplicaStatus } from '../../replicas/replica.registry.js';
import type { QuestionKind } from './question.entity.js';
import type { StreamFilter } from './running.streams.js';
import type { StreamAnswer } from './stream.answers.js';

const WAIT_MS = 1500;
const LOOK_EVERY_MS = 50;
/** Equal questions within this time share one answer. */
const SHARED_MS = 1000;
const MAX_AT_ONCE = 4;
const FORGOTTEN_MS = 60_000;

export interface Replies {
  readonly answers: readonly StreamAnswer[];
  /** The names of the replicas that did not answer. */
  readonly silent: readonly string[];
}

const NOBODY: Replies = { answers: [], silent: [] };

/** Whether the answers so far are all that is wanted. */
type IsEnough = (answers: readonly StreamAnswer[]) => boolean;

/** Asks the other replicas. Where there is none, no table is touched. */
@Injectable()
export class StreamQuestions {
  private readonly logger = new Logger(StreamQuestions.name);
  private readonly shared = new Map<string, { readonly at: number; readonly replies: Promise<Replies> }>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private prunedAt = -Infinity;
  private readonly sql: Record<'insert' | 'answers' | 'oldAnswers' | 'oldQuestions', string>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly counter: QuestionCounter,
    private readonly registry: ReplicaRegistry,
    private readonly self: ReplicaIdentity,
  ) {
    const dialect = dialectOf(dataSource);
    const clock = DATABASE_CLOCK[dialect];
    const old = `asked_at < ${clock} - ${FORGOTTEN_MS}`;
    const prepared = (sql: string): string => withPlaceholders(sql, dialect);
    this.sql = {
      insert: prepared(
        `INSERT INTO stream_questions (id, replica, kind, filter, asked_at) VALUES (?, ?, ?, ?, ${clock})`,
      ),
      answers: prepared('SELECT replica, body FROM stream_answers WHERE question_id = ?'),
      oldAnswers: `DELETE FROM stream_answers WHERE question_id IN (SELECT id FROM stream_questions WHERE ${old})`,
      oldQuestions: `DELETE FROM stream_questions WHERE ${old}`,
    };
  }

  /** Waits until all live ones have answered, or enough, at most 1.5 s. Those that have been silent before are not waited for. */
  async ask(kind: QuestionKind, filter: StreamFilter, isEnough: IsEnough = () => false): Promise<Replies> {
    const others = this.registry.known.filter(({ role, isThis }) => role === 'server' && !isThis);
    if (others.length === 0) return NOBODY;
    if (kind === 'end') {
      // What was answered before shows what ends now.
      this.shared.clear();
      return this.inTurn(async () => this.replies(kind, filter, others, isEnough));
    }
    const key = JSON.stringify([kind, filter]);
    const now = performance.now();
    for (const [other, { at }] of this.shared) if (now - at > SHARED_MS) this.shared.delete(other);
    const known = this.shared.get(key);
    if (known) return known.replies;
    const replies = this.inTurn(async () => this.replies(kind, filter, others, isEnough));
    this.shared.set(key, { at: now, replies });
    replies.catch(() => this.shared.delete(key));
    return replies;
  }

  /** Four at a time: a replica that is silent must not hold the connections of the pool. */
  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= MAX_AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.running += 1;
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }

  private async replies(
    kind: QuestionKind,
    filter: StreamFilter,
    others: readonly ReplicaStatus[],
    isEnough: IsEnough,
  ): Promise<Replies> {
    const id = await this.write(kind, filter);
    const giveUpAt = performance.now() + WAIT_MS;
    for (;;) {
      const answers = await this.answersTo(id);
      const silent = others.filter((replica) => !answers.has(replica.id));
      const found = [...answers.values()];
      const isAwaited = silent.some(({ silentMs }) => silentMs <= LIVE_MS);
      if (!isAwaited || isEnough(found) || performance.now() > giveUpAt)
        return { answers: found, silent: await this.namesOf(silent) };
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** One that has stopped meanwhile has left the registry, and runs nothing. */
  private async namesOf(silent: readonly ReplicaStatus[]): Promise<string[]> {
    if (silent.length === 0) return [];
    const known = await this.registry.read().catch(() => silent);
    const ids = new Set(known.map(({ id }) => id));
    return silent.filter(({ id }) => ids.has(id)).map(({ name }) => name);
  }

  private async write(kind: QuestionKind, filter: StreamFilter): Promise<string> {
    const { sql, self } = this;
    const id = randomUUID();
    await this.prune();
    await this.counter.increment(async (manager) =>
      manager.query(sql.insert, [id, self.id, kind, JSON.stringify(filter)]),
    );
    return id;
  }

  /** Rows of other replicas go too: those may be gone. What is not deleted now goes with a later question. */
  private async prune(): Promise<void> {
    if (performance.now() - this.prunedAt < FORGOTTEN_MS) return;
    this.prunedAt = performance.now();
    try {
      await this.dataSource.query(this.sql.oldAnswers);
      await this.dataSource.query(this.sql.oldQuestions);
    } catch (error) {
      this.logger.debug({ msg: 'old questions cannot be deleted', err: error });
    }
  }

  private async answersTo(id: string): Promise<ReadonlyMap<string, StreamAnswer>> {
    const rows: { replica: string; body: string }[] = await this.dataSource.query(this.sql.answers, [id]);
    return new Map(rows.map(({ replica, body }) => [replica, JSON.parse(body) as StreamAnswer]));
  }
}
