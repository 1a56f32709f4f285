import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../../changes/audit.trail.js';
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
import { StreamSubjects } from './stream.subjects.js';

/** What runs now, and its end. A request that has no token yet is not there. */
@Injectable()
export class StreamService {
  constructor(
    private readonly own: RunningStreams,
    private readonly subjects: StreamSubjects,
    private readonly names: Names,
    private readonly trail: AuditTrail,
  ) {}

  async list(actor: Actor, { token_id: tokenId, project_id: projectId }: StreamQuery): Promise<StreamListView> {
    const filter = {
      ...scopeOf(actor, projectId?.toLowerCase()),
      ...(tokenId !== undefined && { tokenId: tokenId.toLowerCase() }),
    };
    const { streams, isTruncated } = this.own.list(filter);
    return { streams: await this.named(streams), truncated: isTruncated, silent: [] };
  }

  /** The number of requests that run now, of those that exist for the actor. */
  async count(actor: Actor): Promise<number> {
    return this.own.count(scopeOf(actor, undefined));
  }

  /** Throws `stream_not_found`, also for one that does not exist for the actor. */
  async endOne(actor: Actor, id: string): Promise<EndedStream> {
    const filter: StreamFilter = { ...scopeOf(actor, undefined), id };
    const stream = this.own.list(filter).streams[0];
    if (!stream) throw errors.streamNotFound();
    const { token_id: tokenId, project_id: projectId, request_id, replica } = stream;
    await this.write(actor, { tokenId, projectId, subjectId: id }, { request_id, replica });
    return { ended: this.own.end(filter) > 0 };
  }

  /** Ends all of a token or of a project. */
  async endAll(actor: Actor, body: EndStreams): Promise<EndedStreams> {
    const subject = await this.subjects.named(actor, body);
    if (actor.call) actor.call.projectId = subject.projectId;
    const filter = subject.tokenId === undefined ? subject : { tokenId: subject.tokenId };
    await this.write(actor, subject, { all_of: subject.tokenId === undefined ? 'project' : 'token' });
    return { ended_count: this.own.end(filter), silent: [] };
  }

  /** The row is there before anything ends. */
  private async write(
    actor: Actor,
    subjects: { projectId: string; tokenId?: string; subjectId?: string },
    metadata: Readonly<Record<string, string>>,
  ): Promise<void> {
    await this.trail.write({
      action: 'stream.end',
      actor,
      call: actor.call,
      outcome: 'success',
      ...subjects,
      metadata,
    });
  }

  private async named(streams: readonly RunningStream[]): Promise<StreamListView['streams']> {
    const names = await this.names.tokens(streams.map(({ token_id: id }) => id));
    return streams.slice(0, MAX_STREAMS).map((stream) => {
      const name = names.get(stream.token_id);
      return { ...stream, ...(name !== undefined && { token_name: name }) };
    });
  }
}
