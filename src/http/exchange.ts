import type { IncomingMessage } from 'node:http';
import { ApiError } from '../common/errors/api.error.js';
import { requestId } from './request.id.js';

/** Who ended an exchange: the one word in log, event and metric. */
export type End =
  | 'ok'
  | 'client'
  | 'upstream'
  | 'upstream_timeout'
  | 'proxy'
  | 'store'
  | 'limit'
  | 'auth'
  | 'drain'
  | 'revoked';

const EXCHANGE = Symbol('llm-proxy:exchange');
type Carrier = IncomingMessage & { [EXCHANGE]?: Exchange };

/** One request and its answer, from the first byte to the last: what is known of it so far. */
export class Exchange {
  readonly requestId: string;
  readonly startedAt = performance.now();
  /** Path without its query: a query may hold anything, a secret too. */
  readonly path: string;
  end: End | undefined;
  /** The code of our refusal, if we refused. */
  code: string | undefined;
  tokenId: string | undefined;
  projectId: string | undefined;
  /** When the request was handed to the upstream's pool, began to be written, and was answered; performance.now(). */
  queuedAt: number | undefined;
  sentAt: number | undefined;
  respondedAt: number | undefined;
  /** Of the answer. */
  status: number | undefined;
  bytesIn = 0;
  bytesOut = 0;
  /** Is told when the answer is closed, whole or not: a listener of its own on the response would cost more. */
  relay: { onClosed(): void } | undefined;

  constructor(readonly request: IncomingMessage) {
    this.requestId = requestId(request);
    const target = request.url ?? '';
    const query = target.indexOf('?');
    this.path = query === -1 ? target : target.slice(0, query);
  }

  /** The first word counts: what happens after an exchange went wrong is its echo. */
  endedBy(end: End): void {
    this.end ??= end;
  }

  refused(error: ApiError): void {
    this.code ??= error.code;
    this.endedBy(endOf(error));
  }
}

/** The exchange a request belongs to; opened on first sight. */
export function exchangeOf(request: IncomingMessage): Exchange {
  const carrier = request as Carrier;
  return (carrier[EXCHANGE] ??= new Exchange(request));
}

function endOf({ code, status }: ApiError): End {
  if (code === 'store_unavailable' || code === 'limits_unavailable') return 'store';
  if (code === 'draining') return 'drain';
  if (code === 'upstream_timeout') return 'upstream_timeout';
  if (status === 502 || code === 'upstream_unavailable') return 'upstream';
  if (status === 401 || status === 403) return 'auth';
  if (status === 429) return 'limit';
  return status >= 500 ? 'proxy' : 'client';
}
