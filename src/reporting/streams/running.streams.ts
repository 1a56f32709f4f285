import { Injectable } from '@nestjs/common';
import { errors } from '../../common/errors/errors.js';
import { instant } from '../../common/rest/field.rules.js';
import { Clock } from '../../common/values/clock.js';
import type { Exchange } from '../../http/exchange.js';
import { Lifecycle } from '../../http/lifecycle.js';
import { printablePath } from '../../http/printable.path.js';
import { ReplicaIdentity } from '../../replicas/replica.identity.js';
import type { ProjectScope } from '../names/project.scope.js';
import { MAX_STREAMS, type RunningStream, type StreamKind } from './stream.dto.js';

/** Which running requests are meant: those that match all that is named. */
export interface StreamFilter extends ProjectScope {
  readonly tokenId?: string;
  readonly id?: string;
}

export interface StreamsFound {
  /** The newest first, at most MAX_STREAMS. */
  readonly streams: readonly RunningStream[];
  readonly isTruncated: boolean;
}

/** The requests with a token that this process serves now. Nothing is kept of them: a question walks over what runs. */
@Injectable()
export class RunningStreams {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly self: ReplicaIdentity,
    private readonly clock: Clock,
  ) {}

  /** The newest that match, with what is known of each now. */
  list(filter: StreamFilter): StreamsFound {
    const found = this.found(filter).toSorted((one, other) => other.startedAt - one.startedAt);
    // One reading of both clocks: the order of the times is that of the list.
    const epoch = this.clock.now() - performance.now();
    const streams = found.slice(0, MAX_STREAMS).map((exchange) => this.viewOf(exchange, epoch));
    return { streams, isTruncated: found.length > MAX_STREAMS };
  }

  /** How many match, without a bound. */
  count(filter: StreamFilter): number {
    return this.found(filter).length;
  }

  /** Ends them as `revoked`, with the code `ended_by_operator`. Returns their number. The tokens stay usable. */
  end(filter: StreamFilter): number {
    const found = this.found(filter);
    for (const { work } of found) work!.end(errors.endedByOperator());
    return found.length;
  }

  private found(filter: StreamFilter): Exchange[] {
    const found: Exchange[] = [];
    this.lifecycle.forEach((exchange) => {
      if (isRunning(exchange) && matches(exchange, filter)) found.push(exchange);
    });
    return found;
  }

  private viewOf(exchange: Exchange, epoch: number): RunningStream {
    const { uuid, requestId, tokenId, projectId, request, asked, startedAt, bytesIn, bytesOut } = exchange;
    return {
      id: uuid,
      request_id: requestId,
      token_id: tokenId!,
      project_id: projectId!,
      replica: this.self.name,
      kind: kindOf(exchange),
      method: request.method ?? '',
      path: printablePath(exchange),
      ...(asked?.model !== undefined && { model: asked.model }),
      started_at: instant(Math.round(epoch + startedAt)),
      bytes_in: bytesIn,
      bytes_out: bytesOut,
    };
  }
}

/** Admitted, and not about to end: an event stream that is ended may wait for the end of its current event. */
const isRunning = ({ work, end, tokenId }: Exchange): boolean =>
  work !== undefined && end === undefined && tokenId !== undefined;

function matches(exchange: Exchange, { tokenId, projectId, projectIds, id }: StreamFilter): boolean {
  return (
    (tokenId === undefined || exchange.tokenId === tokenId) &&
    (projectId === undefined || exchange.projectId === projectId) &&
    (projectIds === undefined || projectIds.includes(exchange.projectId!)) &&
    (id === undefined || exchange.uuid === id)
  );
}

function kindOf({ response, isStream }: Exchange): StreamKind {
  if (!response) return 'websocket';
  return isStream ? 'sse' : 'http';
}
