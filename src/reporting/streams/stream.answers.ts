import { Injectable, Logger } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { DataSource } from 'typeorm';
import { Asked } from '../../changes/asked.js';
import { CoalescedTask } from '../../common/values/coalesced.task.js';
import { DATABASE_CLOCK, dialectOf, withPlaceholders } from '../../database/dialect/dialect.js';
import { ReplicaIdentity } from '../../replicas/replica.identity.js';
import { AnswerEntity } from './answer.entity.js';
import type { QuestionEntity, QuestionKind } from './question.entity.js';
import { RunningStreams, type StreamFilter } from './running.streams.js';
import type { RunningStream } from './stream.dto.js';

/** Nobody waits for an answer to an older question. */
export const ASKED_WITHIN_MS = 5000;

/** What one replica answers: what it has, and how many; of `end`, how many have ended. */
export interface StreamAnswer {
  readonly count: number;
  readonly streams?: readonly RunningStream[];
  readonly isTruncated?: boolean;
}

type Question = Pick<QuestionEntity, 'id' | 'kind' | 'filter'>;

/** Answers the questions of other replicas from the memory of this one. It looks for them only when one was asked. */
@Injectable()
export class StreamAnswers {
  private readonly logger = new Logger(StreamAnswers.name);
  private readonly looking = new CoalescedTask(() => this.look());
  /** The questions that were answered, each until nobody waits for it: id → performance.now(). */
  private readonly answered = new Map<string, number>();
  private readonly select: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly running: RunningStreams,
    private readonly self: ReplicaIdentity,
  ) {
    const dialect = dialectOf(dataSource);
    const sql = `SELECT id, kind, filter FROM stream_questions
      WHERE asked_at >= ${DATABASE_CLOCK[dialect]} - ${ASKED_WITHIN_MS} AND replica <> ? ORDER BY asked_at`;
    this.select = withPlaceholders(sql, dialect);
  }

  @OnEvent(Asked.topic)
  onAsked(): void {
    if (this.self.role === 'server') this.looking.request();
  }

  async close(): Promise<void> {
    await this.looking.settled();
  }

  /** Never rejects: who asks sees that there is no answer. */
  private async look(): Promise<void> {
    try {
      const questions: Question[] = await this.dataSource.query(this.select, [this.self.id]);
      for (const question of questions) await this.answer(question);
    } catch (error) {
      this.logger.debug({ msg: 'a question of another replica cannot be answered', err: error });
    } finally {
      this.forgetOld();
    }
  }

  private async answer({ id, kind, filter }: Question): Promise<void> {
    if (this.answered.has(id)) return;
    this.answered.set(id, performance.now());
    const body = JSON.stringify(this.answerTo(kind, JSON.parse(filter) as StreamFilter));
    await this.dataSource.manager.insert(AnswerEntity, { questionId: id, replica: this.self.id, body });
  }

  private answerTo(kind: QuestionKind, filter: StreamFilter): StreamAnswer {
    if (kind === 'end') return { count: this.running.end(filter) };
    if (kind === 'count') return { count: this.running.count(filter) };
    const { streams, isTruncated } = this.running.list(filter);
    return { count: streams.length, streams, isTruncated };
  }

  private forgetOld(): void {
    const before = performance.now() - 2 * ASKED_WITHIN_MS;
    for (const [id, at] of this.answered) if (at < before) this.answered.delete(id);
  }
}
