import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Changes } from './changes.js';
import { OpenAiAnswers } from './openai.answers.js';
import { PacedStream } from './paced.stream.js';
import type { RecordedRequest } from './recorded.request.js';
import { UpstreamConnection, type Handler } from './upstream.connection.js';
import type { HeaderLine } from './wire.head.js';

/** `'POST /v1/files'`, a pattern over the same text, or a predicate. Paths have no query and no prefix. */
export type RouteMatch = string | RegExp | ((request: RecordedRequest) => boolean);

const EVENT_STREAM: readonly HeaderLine[] = [
  ['content-type', 'text/event-stream; charset=utf-8'],
  ['x-request-id', 'req_paced'],
];

/** A fake OpenAI on a port of its own that records every request exactly and answers as the test says. */
export class RecordingUpstream {
  /** In the order their heads were complete, over all connections. */
  readonly requests: RecordedRequest[] = [];
  /** Every accepted connection, also those that never sent a byte. */
  readonly connections: UpstreamConnection[] = [];
  /** What a connection meets that was just accepted; `fin` and `reset` read nothing of it. */
  onAccept: 'serve' | 'fin' | 'reset' = 'serve';

  private readonly sockets = new Set<Socket>();
  private readonly changes = new Changes();
  private readonly routes: { match: RouteMatch; handler: Handler }[] = [];
  private readonly queue: Handler[] = [];
  private readonly failures: unknown[] = [];
  private fallback: Handler | undefined;
  private openAi = new OpenAiAnswers();
  private handedOut = 0;

  private constructor(
    private readonly server: Server,
    readonly port: number,
    private readonly prefix: string,
  ) {}

  /** Listens on a free port of the loopback. `prefix` is what stands before `/v1` in its base URL. */
  static async start({ prefix = '' } = {}): Promise<RecordingUpstream> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    const upstream = new RecordingUpstream(server, (server.address() as AddressInfo).port, prefix);
    server.on('connection', (socket) => upstream.accept(socket));
    return upstream;
  }

  /** What belongs into `OPENAI_API_URL` or a project's `base_url`. */
  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}${this.prefix}`;
  }

  /** All bytes that ever arrived, on all connections. */
  get bytesReceived(): number {
    return this.connections.reduce((sum, { inbox }) => sum + inbox.received, 0);
  }

  /** The next request not handed out yet, as soon as its head is there: the first call gives the first request. */
  async nextRequest(timeoutMs?: number): Promise<RecordedRequest> {
    const at = this.handedOut++;
    try {
      return await this.changes.until(`request ${at + 1}`, () => this.requests[at], timeoutMs);
    } catch (error) {
      this.handedOut = Math.min(this.handedOut, at);
      throw error;
    }
  }

  /** Resolves when `condition` is true. It is checked whenever the upstream receives anything. */
  async until(what: string, condition: () => boolean, timeoutMs?: number): Promise<void> {
    await this.changes.until(what, () => condition() || undefined, timeoutMs);
  }

  /** Answers one request: the next, or the one after those already queued for. The queue goes before routes. */
  once(handler: Handler): this {
    this.queue.push(handler);
    return this;
  }

  /** Answers every matching request; the latest route goes first. */
  route(match: RouteMatch, handler: Handler): this {
    this.routes.unshift({ match, handler });
    return this;
  }

  /** Answers everything that neither the queue nor a route does, instead of the OpenAI default. */
  reply(handler: Handler): this {
    this.fallback = handler;
    return this;
  }

  /** Answers the next request with an event stream under the test's control. */
  sse(headers: readonly HeaderLine[] = EVENT_STREAM): PacedStream {
    const stream = new PacedStream(headers);
    this.once(stream.handler);
    return stream;
  }

  /** Forgets recorded requests and planned responses; connections stay. */
  clear(): void {
    this.requests.length = this.routes.length = this.queue.length = this.handedOut = 0;
    this.fallback = undefined;
    this.onAccept = 'serve';
    this.openAi = new OpenAiAnswers();
  }

  /** Stops listening and destroys every socket. Rejects when a handler of the test had thrown. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const connection of this.connections) connection.destroy();
    for (const socket of this.sockets) socket.destroy();
    await closed;
    if (this.failures.length > 0) throw new AggregateError(this.failures, "an upstream's handler failed");
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    const connection = new UpstreamConnection(this.connections.length + 1, socket, this.changes, {
      request: (request) => this.record(request),
      failed: (error) => this.failures.push(error),
    });
    this.connections.push(connection);
    this.changes.notify();
    if (this.onAccept === 'serve') void connection.serve();
    else connection[this.onAccept]();
  }

  private record(request: RecordedRequest): Handler {
    this.requests.push(request);
    this.changes.notify();
    if (request.faults.length > 0) return refuse;
    const handler = this.queue.shift() ?? this.routes.find(({ match }) => this.matches(match, request))?.handler;
    return handler ?? this.fallback ?? this.openAi.handler(request.method, this.path(request));
  }

  private path({ target }: RecordedRequest): string {
    const [path = ''] = target.split('?');
    return path.startsWith(this.prefix) ? path.slice(this.prefix.length) : path;
  }

  private matches(match: RouteMatch, request: RecordedRequest): boolean {
    if (typeof match === 'function') return match(request);
    const text = `${request.method} ${this.path(request)}`;
    return typeof match === 'string' ? match === text : match.test(text);
  }
}

/** A malformed head is recorded and refused with 400, and the bytes behind it are never read as a request. */
const refuse: Handler = (exchange) =>
  exchange.answer({ status: 400, headers: [['connection', 'close']], body: exchange.request.faults.join('\n') });
