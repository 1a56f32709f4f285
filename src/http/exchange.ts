import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ApiError } from '../common/errors/api.error.js';
import type { Actor } from '../common/values/actor.js';
import type { CapturedBodies } from './captured.bodies.js';
import type { AskedFor, EncodedBody, UsageReport } from '../openai/usage/usage.record.js';
import type { Slot } from '../common/values/slot.set.js';
import { correlationId, requestId } from './request.id.js';
import { pathOf, type RouteClass, routeClassOf } from './route.class.js';

/** What ended an exchange, in one word. An exchange without an end word ended well (`ok`). */
export const ENDS = [
  'ok',
  'client',
  'upstream',
  'upstream_timeout',
  'proxy',
  'store',
  'limit',
  'auth',
  'drain',
  'revoked',
] as const;
export type End = (typeof ENDS)[number];

/** Why there was no complete response of the upstream. */
export interface UpstreamFault {
  /** One word: the code of a system error, such as ECONNREFUSED, or our own. */
  readonly why: string;
  /** `host:port` */
  readonly upstream: string;
}

/** What serves an exchange once it is admitted. */
export interface ExchangeWork {
  /** The response is out, or the client has left: the upstream is released. */
  onClosed(): void;
  /** Ends the exchange with this refusal. */
  end(why: ApiError): void;
  /** The server stops: a WebSocket ends with a close frame. */
  goAway(): void;
}

/** What an exchange took at its admission. Only the first of these calls has an effect. */
export interface ExchangePermit {
  /** Frees what the exchange occupied while it ran; the request stays counted. */
  release(): void;
  /** As `release`. No byte reached the upstream, so the take is undone too; limits in time still count the request. */
  giveBack(): void;
}

/** What all exchanges of a server share: the lifecycle counts those that run, the observers see those that ended. */
export interface ExchangeHost {
  readonly lifecycle: { began(exchange: Exchange): void; ended(exchange: Exchange): void };
  readonly observers: { closed(exchange: Exchange): void };
  /** Paths of the class `health` beside the fixed ones. */
  readonly healthPaths?: ReadonlySet<string>;
  /** Of the process: no line of the log may have one. */
  readonly secrets?: readonly string[];
}

const EXCHANGE = Symbol('llm-proxy:exchange');
type Carrier = IncomingMessage & { [EXCHANGE]?: Exchange };

/**
 * One request and its response, from the first byte to the last, and all that is known of them. The HTTP server creates it.
 * `close` ends it, once.
 */
export class Exchange {
  readonly requestId: string;
  /** The client's `x-correlation-id`, under the rules of its request id. */
  readonly correlationId: string | undefined;
  /** performance.now(), as all times here. */
  startedAt = performance.now();
  /** Path without its query: a query may hold anything, a secret too. */
  readonly path: string;
  readonly route: RouteClass;
  /** Bytes of the request's body; undefined for a chunked one (RFC 9112 §6). The parser has refused contradictory framing. */
  readonly bodyLength: number | undefined;
  // All fields have a value from the start: objects of one shape are faster to read in the loops of a relay.
  end: End | undefined = undefined;
  /** The code of our refusal, if we refused. */
  code: string | undefined = undefined;
  fault: UpstreamFault | undefined = undefined;
  tokenId: string | undefined = undefined;
  projectId: string | undefined = undefined;
  permit: ExchangePermit | undefined = undefined;
  /** The author of a management call. */
  actor: Actor | undefined = undefined;
  /** How long the exchange waited for the database before the take, in milliseconds. */
  databaseWaitedMs = 0;
  /** Headers that a response carries for the web page that made the request. */
  cors: Record<string, string> | undefined = undefined;
  work: ExchangeWork | undefined = undefined;
  /** When the request was queued for an upstream connection, its first byte was written, and the response's head came. */
  queuedAt: number | undefined = undefined;
  sentAt: number | undefined = undefined;
  respondedAt: number | undefined = undefined;
  closedAt: number | undefined = undefined;
  /** Of the response. */
  status: number | undefined = undefined;
  bytesIn = 0;
  bytesOut = 0;
  /** What the request asked for and what the response says was used; undefined where nothing reads them. */
  asked: AskedFor | undefined = undefined;
  usage: UsageReport | undefined = undefined;
  /** The response's body, when it must be decoded before its usage can be read. */
  encoded: EncodedBody | undefined = undefined;
  upstreamRequestId: string | undefined = undefined;
  /** Set when bodies are captured. */
  captured: CapturedBodies | undefined = undefined;
  /** The response is an event stream. */
  isStream = false;
  /** The lifecycle's handle. */
  slot: Slot<Exchange> | undefined = undefined;
  /** The journal's handle. */
  journalSlot: Slot<Exchange> | undefined = undefined;
  private ownId: string | undefined = undefined;
  /** `shouldKeepAlive` before `awaitContinue`; undefined unless the client waits for `100 Continue`. */
  private keepsAlive: boolean | undefined = undefined;

  /** `response` is undefined for a WebSocket handshake. */
  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse | undefined,
    readonly host: ExchangeHost,
  ) {
    this.requestId = requestId(request, host.secrets);
    this.correlationId = correlationId(request, host.secrets);
    this.path = pathOf(request);
    this.route = routeClassOf(this.path, host.healthPaths);
    const { headers } = request;
    this.bodyLength = headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : undefined;
    (request as Carrier)[EXCHANGE] = this;
    host.lifecycle.began(this);
  }

  /** Our own id of the exchange: a client may send one request id twice. */
  get uuid(): string {
    return (this.ownId ??= randomUUID());
  }

  get socket(): Socket {
    return this.request.socket;
  }

  /** The request has waited for others of its connection: its time begins now. */
  startsNow(): void {
    this.startedAt = performance.now();
  }

  /** Sets the end word. Later calls have no effect: what follows a failure is a consequence of it. */
  endedBy(end: End): void {
    this.end ??= end;
  }

  refused(error: ApiError): void {
    this.code ??= error.code;
    this.endedBy(endOf(error));
  }

  /** The client sends its body only after a `100 Continue`, which waits for the admission (RFC 9110 §10.1.1). */
  awaitContinue(response: ServerResponse): void {
    this.keepsAlive = response.shouldKeepAlive;
    // A refused client may send its body or its next request: the server cannot tell which.
    response.shouldKeepAlive = false;
  }

  /** Writes `100 Continue`, once, if the client waits for it. */
  continueUpload(): void {
    if (this.keepsAlive === undefined) return;
    const response = this.response!;
    response.shouldKeepAlive = this.keepsAlive;
    this.keepsAlive = undefined;
    response.writeContinue();
  }

  /** The connection ends after this response. A head that is out has promised more, so the connection is closed behind it. */
  endConnection(): void {
    const { response, socket } = this;
    if (!response) return;
    if (this.keepsAlive !== undefined) this.keepsAlive = false;
    response.shouldKeepAlive = false;
    if (response.headersSent) response.once('finish', () => socket.destroySoon());
  }

  /** From here on `permit` is settled with the exchange: at once when the client left during the admission. */
  admit(permit: ExchangePermit): void {
    this.permit = permit;
    if (this.closedAt !== undefined) this.settle();
  }

  /** Called when the upstream is released: gives the take back when no byte was sent, else only releases the permit. */
  settle(): void {
    if (this.sentAt === undefined) this.permit?.giveBack();
    else this.permit?.release();
  }

  /** Ends the exchange, because the server stops. */
  cut(): void {
    this.endedBy('drain');
    if (this.response) this.response.destroy();
    else if (this.work) this.work.goAway();
    else this.socket.destroy();
  }

  /**
   * The last byte is out or the connection is gone. Everything ends here, once and in this order: upstream, permit,
   * lifecycle, observers. `unfinished` is the end word of an exchange that nothing ended before.
   */
  close(unfinished: End): void {
    if (this.closedAt !== undefined) return;
    this.closedAt = performance.now();
    this.work?.onClosed();
    const { response } = this;
    if (response?.headersSent) this.status ??= response.statusCode;
    if (response ? !response.writableFinished : this.status === undefined) this.endedBy(unfinished);
    this.settle();
    this.host.lifecycle.ended(this);
    this.host.observers.closed(this);
  }
}

/** The exchange of a request from Fastify or Nest. Other code gets the exchange itself. */
export function exchangeOf(request: IncomingMessage): Exchange {
  return (request as Carrier)[EXCHANGE]!;
}

/** The exchange whose response the connection writes now. Node has no public way to it. */
export function exchangeOn(socket: Duplex): Exchange | undefined {
  const running = (socket as Duplex & { _httpMessage?: ServerResponse | null })._httpMessage;
  return running ? exchangeOf(running.req) : undefined;
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
