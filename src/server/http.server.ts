import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { Server as TcpServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { ConnectionCount } from './connection.limit.js';
import { logExchange } from '../http/access.log.js';
import type { ApiError } from '../common/errors/api.error.js';
import { isProxied, refusal } from '../http/error.body.js';
import { errors } from '../common/errors/errors.js';
import { exchangeOf } from '../http/exchange.js';
import type { Lifecycle } from '../http/lifecycle.js';
import { awaitContinue, continueUpload, keepBodyRaw } from '../http/request.body.js';
import { refuseOn } from '../proxy/websocket/websocket.response.js';
import type { WebSocketGate } from '../proxy/websocket/websocket.gate.js';
import { targetProblem } from '../http/target.gate.js';
import { wantsWebSocket } from '../http/websocket.upgrade.js';

/** Slow headers are cut after this; a body has its own deadline (proxy/relay). */
const HEADERS_TIMEOUT_MS = 10_000;
const CHECK_CONNECTIONS_EVERY_MS = 1000;
/** Longer than the pools of common clients keep a connection, so that they close first. */
const KEEP_ALIVE_MS = 100_000;
/** A peer that vanished without a word is noticed within 40 s: libuv probes each second, ten times. */
const PROBE_AFTER_MS = 30_000;
/** How long the body of a management call may take. */
const MANAGEMENT_BODY_MS = 10_000;
/** How long a refused upload is read and thrown away, so that its sender gets to see the refusal. */
const LINGER_MS = 30_000;

/** After these the connection is not to be trusted, or not to be kept. */
const CLOSING = new Set([400, 417, 503, 505]);

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';
const HEALTH = new Set(['/live', '/ready', '/health']);
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%!$&'()*+,;=-]+)(?::\d*)?$/;

/** Every request and every refusal before Fastify: the one way in, whatever the route. */
export class HttpServer {
  private readonly refusedSockets = new WeakSet<Duplex>();
  /** Connections that end with the answer they are at; what else they say is not heard. */
  private readonly closing = new WeakSet<Duplex>();
  private sockets: WebSocketGate | undefined;
  private readonly servers = new Set<Server>();

  constructor(
    private readonly logger: Logger,
    private readonly lifecycle: Lifecycle,
    private readonly connections: ConnectionCount,
  ) {}

  /** The HTTP server of the application. */
  create(handle: RequestListener): Server {
    const server = createServer({
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_CONNECTIONS_EVERY_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      requestTimeout: 0,
      // Judged with the other headers, so that the refusal has our shape and a line in the log.
      requireHostHeader: false,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: PROBE_AFTER_MS,
      shouldUpgradeCallback: wantsWebSocket,
    });
    // Bounded by their size; Node would drop those beyond a count without a word.
    server.maxHeadersCount = 0;
    this.connections.watch(server);
    this.servers.add(server);
    server.on('request', (request, response) => this.enter(request, response, handle));
    server.on('checkContinue', (request, response) => this.enter(request, response, handle, true));
    server.on('checkExpectation', (request, response) =>
      this.enter(request, response, () => this.refuse(request, response, errors.expectationFailed())),
    );
    server.on('upgrade', (request, socket, head) => this.enterSocket(request, socket as Socket, head));
    server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
      this.refuseSocket(socket, parserRefusal(error), error.code),
    );
    server.on('connect', (_request, socket) => this.refuseSocket(socket, errors.methodNotAllowed(METHODS), 'CONNECT'));
    return server;
  }

  /** Takes no further connections. Not by `http.Server`'s own close: that would also end connections that are idle, under requests on their way. */
  stopListening(): void {
    for (const server of this.servers) TcpServer.prototype.close.call(server);
  }

  /** Who takes the WebSockets that the door lets pass. */
  serveWebSockets(gate: WebSocketGate): void {
    this.sockets = gate;
  }

  /** The same way in for a request that becomes a WebSocket (RFC 6455 §4.2): the same checks, one line at its end. */
  private enterSocket(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const exchange = exchangeOf(request);
    socket.on('error', () => undefined);
    this.lifecycle.socketBegan(socket);
    socket.once('close', () => {
      if (exchange.status === undefined) exchange.endedBy(this.lifecycle.draining ? 'drain' : 'client');
      this.lifecycle.socketEnded(socket);
      logExchange(this.logger, exchange);
    });
    const fault = this.fault(request);
    if (fault) refuseOn(request, socket, fault);
    else void this.sockets?.open(request, socket, head);
  }

  private enter(request: IncomingMessage, response: ServerResponse, handle: RequestListener, isWaiting = false): void {
    if (this.closing.has(request.socket) || request.socket.writableEnded) return;
    const exchange = exchangeOf(request);
    const place = this.lifecycle.began(response);
    response.prependOnceListener('finish', () => linger(request));
    response.once('close', () => {
      if (!response.writableFinished) exchange.endedBy('client');
      exchange.relay?.onClosed();
      this.lifecycle.ended(place);
      logExchange(this.logger, exchange, response);
    });
    if (this.lifecycle.draining) response.shouldKeepAlive = false;
    if (request.headers.upgrade !== undefined) this.isLast(request, response);
    // After all that closes its connection, which an admission must not take back.
    if (isWaiting) awaitContinue(request, response);
    const fault = this.fault(request);
    if (fault) return this.refuse(request, response, fault);
    if (isProxied(exchange.path)) keepBodyRaw(request);
    else {
      continueUpload(request, response);
      this.endBodyIn(MANAGEMENT_BODY_MS, request, response);
    }
    handle(request, response);
  }

  /** Node loses what stands behind an upgrade that is ignored, up to the end of the packet: nothing after that is to be trusted. */
  private isLast(request: IncomingMessage, response: ServerResponse): void {
    response.shouldKeepAlive = false;
    this.closing.add(request.socket);
  }

  /** Bodies outside /v1 are small: one that takes long is refused, and holds up no stop of the server. */
  private endBodyIn(ms: number, request: IncomingMessage, response: ServerResponse): void {
    if (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined) return;
    const timer = setTimeout(() => {
      if (!request.complete) this.refuseBody(response, errors.requestTimeout());
    }, ms);
    request.once('close', () => clearTimeout(timer));
  }

  /** The body of a running request broke: it is refused, or its answer broken off. */
  private refuseBody(response: ServerResponse, error: ApiError): void {
    response.shouldKeepAlive = false;
    if (!response.headersSent) return this.refuse(response.req, response, error);
    exchangeOf(response.req).refused(error);
    response.destroy();
  }

  private fault(request: IncomingMessage): ApiError | undefined {
    const target = request.url ?? '';
    const why = targetProblem(target);
    if (why) return errors.targetInvalid(why);
    if (request.method === 'TRACE' || request.method === 'QUERY') return errors.methodNotAllowed(METHODS);
    const message = messageFault(request);
    if (message) return message;
    const header = headerFault(request);
    if (header) return errors.headerInvalid(header);
    if (HEALTH.has(exchangeOf(request).path)) return undefined;
    if (this.connections.isOver(request.socket)) return errors.overloaded();
    return this.lifecycle.draining ? errors.draining() : undefined;
  }

  private refuse(request: IncomingMessage, response: ServerResponse, error: ApiError): void {
    const exchange = exchangeOf(request);
    exchange.refused(error);
    if (CLOSING.has(error.status)) response.shouldKeepAlive = false;
    const { status, headers, body } = refusal(
      error,
      exchange.requestId,
      error.code === 'target_invalid' || isProxied(exchange.path),
    );
    response.writeHead(status, headers).end(body);
  }

  /** What the parser refuses, or a tunnel that was asked for: there is no request to answer, but one may be running. */
  private refuseSocket(socket: Duplex, error: ApiError, why: string | undefined): void {
    if (why === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    if (this.refusedSockets.has(socket)) return;
    this.refusedSockets.add(socket);
    // Node's own mark of the answer a connection is at; there is no public one.
    const running = (socket as Socket & { _httpMessage?: ServerResponse })._httpMessage;
    if (running && !running.req.complete) return this.refuseBody(running, error);
    this.logger.info({ status: error.status, code: error.code, end: 'client', why }, 'request');
    // What is broken comes after a whole request: that one gets its answer, and is the last.
    if (running) {
      running.shouldKeepAlive = false;
      running.once('finish', () => {
        socket.end();
        endsWithin(socket, LINGER_MS);
      });
      return;
    }
    endsWithin(socket, LINGER_MS);
    const { status, headers, body } = refusal(error, 'none', true);
    const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${error.code}\r\n${lines.join('')}\r\n${body}`);
  }
}

/** RFC 9112 §2.3 and §6.1: versions and transfer codings that Node's parser lets pass and nobody here could keep. */
function messageFault({ httpVersion, headers }: IncomingMessage): ApiError | undefined {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return errors.versionUnsupported();
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return undefined;
  if (coding.toLowerCase() !== 'chunked') return errors.requestInvalid('its transfer coding is not chunked alone');
  return httpVersion === '1.0' ? errors.requestInvalid('HTTP/1.0 has no transfer codings') : undefined;
}

function parserRefusal({ code }: NodeJS.ErrnoException): ApiError {
  if (code === 'HPE_HEADER_OVERFLOW') return errors.headersTooLarge();
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return errors.requestTimeout();
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return errors.requestInvalid('its chunk extensions are too large');
  return code === 'HPE_INVALID_EOF_STATE' ? errors.bodyTruncated() : errors.requestInvalid('it is not HTTP/1.1');
}

/** RFC 9112 §3.2 and §11.2: one Host, and one credential; Node keeps the first of several in silence. */
function headerFault({ rawHeaders, httpVersion }: IncomingMessage): string | undefined {
  let hosts = 0;
  let credentials = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length === 4 && name.toLowerCase() === 'host') {
      hosts += 1;
      if (!HOST.test(rawHeaders[i + 1]!)) return 'Host is not valid';
    } else if (name.length === 13 && name.toLowerCase() === 'authorization') credentials += 1;
  }
  if (hosts > 1) return 'Host is given twice';
  if (hosts === 0 && httpVersion === '1.1') return 'Host is missing';
  return credentials > 1 ? 'Authorization is given twice' : undefined;
}

/** Reads on after an early answer and throws away: closing at once would reset the sender before it has read the answer. */
function linger(request: IncomingMessage): void {
  if (request.complete) return;
  const { socket } = request;
  const goesOn = endsWithin(socket, LINGER_MS);
  // What Node calls after the last answer of a connection (RFC 9112 §9.6): a FIN now, the rest when the body has ended.
  const { destroySoon } = socket;
  socket.destroySoon = () => socket.end();
  request.resume();
  request.once('end', () => {
    goesOn();
    socket.destroySoon = destroySoon;
    if (socket.writableEnded) socket.destroy();
  });
}

/** Gives what takes it back. */
function endsWithin(socket: Duplex, ms: number): () => void {
  const timer = setTimeout(() => socket.destroy(), ms);
  const stop = (): void => clearTimeout(timer);
  socket.once('close', stop);
  return () => {
    stop();
    socket.off('close', stop);
  };
}
