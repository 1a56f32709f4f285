import { Injectable } from '@nestjs/common';
import type { Subjects } from '../../audit/row/audit.draft.js';
import { AuditTrail } from '../../changes/audit.trail.js';
import type { Json } from '../../common/audit/json.js';
import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import type { Actor } from '../../common/values/actor.js';
import { Names } from '../names/names.js';
import { scopeOf } from '../names/project.scope.js';
import { RunningStreams, type StreamFilter } from './running.streams.js';
import {
  type EndedStream,
  type EndedStreams,
  type EndStreams,
  MAX_STREAMS,
  type RunningStream,
  type StreamListView,
  type StreamQuery,
} from './stream.dto.js';
import type { StreamAnswer } from './stream.answers.js';
import { StreamQuestions } from './stream.questions.js';
import { StreamSubjects } from './stream.subjects.js';

/** What a row in the audit log says of a call that ends requests. */
interface EndRow {
  readonly actor: Actor;
  readonly subjects: Subjects;
  readonly metadata: Readonly<Record<string, Json>>;
}

/** What runs now, and its end. A request that has no token yet is not there. */
@Injectable()
export class StreamService {
  /** The calls that end one request, one after the other: by its id, the last one. Each resolves when it has ended. */
  private readonly ends = new Map<string, Promise<boolean>>();

  constructor(
    private readonly own: RunningStreams,
    private readonly others: StreamQuestions,
    private readonly subjects: StreamSubjects,
    private readonly names: Names,
    private readonly trail: AuditTrail,
  ) {}

  async list(actor: Actor, { token_id: tokenId, project_id: projectId }: StreamQuery): Promise<StreamListView> {
    const filter = {
      ...scopeOf(actor, projectId?.toLowerCase()),
      ...(tokenId !== undefined && { tokenId: tokenId.toLowerCase() }),
    };
    const { answers, silent } = await this.others.ask('list', filter);
    const own = this.own.list(filter);
    const all = [...own.streams, ...answers.flatMap(({ streams = [] }) => streams)].toSorted(newestFirst);
    const isCut = own.isTruncated || answers.some(({ isTruncated }) => isTruncated) || all.length > MAX_STREAMS;
    return { streams: await this.named(all.slice(0, MAX_STREAMS)), truncated: isCut, silent: [...silent] };
  }

  /** The number of requests that run now, of those that exist for the actor. Replicas that are silent have none. */
  async count(actor: Actor): Promise<number> {
    const filter = scopeOf(actor, undefined);
    const { answers } = await this.others.ask('count', filter);
    return this.own.count(filter) + sum(answers);
  }

  /** As `count`, of this process alone. */
  ownCount(actor: Actor): number {
    return this.own.count(scopeOf(actor, undefined));
  }

  /**
   * Throws `stream_not_found`, also for one that does not exist for the actor, and `replicas_silent` while a replica that may
   * serve it does not answer.
   */
  async endOne(actor: Actor, id: string): Promise<EndedStream> {
    const filter: StreamFilter = { ...scopeOf(actor, undefined), id };
    const { token_id: tokenId, project_id: projectId, request_id, replica } = await this.find(filter);
    const row = { actor, subjects: { tokenId, projectId, subjectId: id }, metadata: { request_id, replica } };
    const isEnded = this.endAfter(this.ends.get(id), row, filter);
    this.ends.set(id, isEnded);
    try {
      return { ended: await isEnded };
    } finally {
      if (this.ends.get(id) === isEnded) this.ends.delete(id);
    }
  }

  /** False: another call has ended it, or it has ended by itself. The row of a call that waited for another says so. */
  private async endAfter(before: Promise<boolean> | undefined, row: EndRow, filter: StreamFilter): Promise<boolean> {
    if (await isFulfilled(before)) {
      await this.write({ ...row, metadata: { ...row.metadata, repeated: true } });
      return false;
    }
    await this.write(row);
    if (this.own.end(filter) > 0) return true;
    const { answers, silent } = await this.others.ask('end', filter, hasOne);
    if (hasOne(answers) || silent.length === 0) return hasOne(answers);
    // The row above says that it ends; this one says that it is unknown.
    const error = errors.replicasSilent(silent);
    await this.write(row, error);
    throw error;
  }

  /** Ends all of a token or of a project. */
  async endAll(actor: Actor, body: EndStreams): Promise<EndedStreams> {
    const subject = await this.subjects.named(actor, body);
    if (actor.call) actor.call.projectId = subject.projectId;
    const filter = subject.tokenId === undefined ? subject : { tokenId: subject.tokenId };
    await this.write({ actor, subjects: subject, metadata: { all_of: filter === subject ? 'project' : 'token' } });
    const ended = this.own.end(filter);
    const { answers, silent } = await this.others.ask('end', filter);
    return { ended_count: ended + sum(answers), silent: [...silent] };
  }

  private async find(filter: StreamFilter): Promise<RunningStream> {
    const [own] = this.own.list(filter).streams;
    if (own) return own;
    const { answers, silent } = await this.others.ask('list', filter, hasOne);
    const [found] = answers.flatMap(({ streams = [] }) => streams);
    if (found) return found;
    throw silent.length > 0 ? errors.replicasSilent(silent) : errors.streamNotFound();
  }

  /** The row is there before anything ends. */
  private async write({ actor, subjects, metadata }: EndRow, failure?: ApiError): Promise<void> {
    await this.trail.write({
      action: 'stream.end',
      actor,
      call: actor.call,
      ...(failure ? { outcome: 'failure', reason: failure.code } : { outcome: 'success' }),
      ...subjects,
      metadata: { ...metadata, ...(failure && { message: failure.message }) },
    });
  }

  private async named(streams: readonly RunningStream[]): Promise<StreamListView['streams']> {
    const names = await this.names.tokens(streams.map(({ token_id: id }) => id));
    return streams.map((stream) => {
      const name = names.get(stream.token_id);
      return { ...stream, ...(name !== undefined && { token_name: name }) };
    });
  }
}

const isFulfilled = async (before: Promise<unknown> | undefined): Promise<boolean> =>
  before !== undefined &&
  before.then(
    () => true,
    () => false,
  );

const sum = (answers: readonly StreamAnswer[]): number => answers.reduce((total, { count }) => total + count, 0);
const hasOne = (answers: readonly StreamAnswer[]): boolean => sum(answers) > 0;

/** Times of one format: their texts have their order. */
const newestFirst = (one: RunningStream, other: RunningStream): number =>
  one.started_at < other.started_at ? 1 : Number(one.started_at === other.started_at) - 1;
