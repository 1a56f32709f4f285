import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { Server as TcpServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { AppConfig } from '../config/app.config.js';
import type { ApiError } from '../common/errors/api.error.js';
import { errors } from '../common/errors/errors.js';
import { isOpenAiShaped, refusal } from '../http/error.body.js';
import { Exchange, type ExchangeHost, exchangeOn } from '../http/exchange.js';
import type { Lifecycle } from '../http/lifecycle.js';
import { keepBodyRaw } from '../http/request.body.js';
import { wantsWebSocket } from '../http/websocket.upgrade.js';
import type { WebSocketGate } from '../proxy/websocket/websocket.gate.js';
import { refuseOn } from '../proxy/websocket/websocket.response.js';
import { BrokenBodies, type NoteRefusal } from './broken.bodies.js';
import type { ClientConnections } from './client.connections.js';
import { destroyAfterLinger, lingerAfter } from './lingering.close.js';
import { parserRefusal, reasonOf } from './parser.errors.js';
import { RequestGate } from './request.gate.js';
import { ALLOW } from './request.methods.js';
import { waitForTurn } from './request.turns.js';

const CHECK_CONNECTIONS_EVERY_MS = 1000;
/** A peer that vanished without a FIN is noticed within 40 s: libuv probes each second, ten times. */
const PROBE_AFTER_MS = 30_000;
/** How long the body of a management call may take. */
const MANAGEMENT_BODY_MS = 10_000;

/** After these the connection cannot be trusted or kept. */
const CLOSING = new Set([400, 417, 503, 505]);

/** Creates the HTTP server and every exchange on it. Requests pass the gate before Fastify sees them. */
export class HttpServer {
  private readonly refusedSockets = new WeakSet<Duplex>();
  /** Connections that end with their current response; further requests on them are ignored. */
  private readonly closing = new WeakSet<Duplex>();
  /** Connections whose headers are late. */
  private readonly overdue = new Set<Duplex>();
  private readonly gate: RequestGate;
  private readonly limits: AppConfig['client'];
  private readonly lifecycle: Lifecycle;
  private webSockets: WebSocketGate | undefined;
  private readonly brokenBodies = new BrokenBodies((exchange, error) => this.refuse(exchange, error));
  private readonly servers = new Set<Server>();

  constructor(
    private readonly logger: Logger,
    private readonly host: ExchangeHost & { readonly lifecycle: Lifecycle },
    private readonly connections: ClientConnections,
    { client, providers }: Pick<AppConfig, 'client' | 'providers'>,
  ) {
    this.lifecycle = host.lifecycle;
    this.limits = client;
    this.gate = new RequestGate(host.lifecycle, connections, providers.allowEncodedSlash);
  }

  create(handle: RequestListener): Server {
    const server = createServer({
      maxHeaderSize: this.limits.maxHeaderBytes,
      // A body has its own deadline (proxy/relay).
      headersTimeout: this.limits.headersTimeoutMs,
      connectionsCheckingInterval: CHECK_CONNECTIONS_EVERY_MS,
      keepAliveTimeout: this.limits.keepAliveMs,
      requestTimeout: 0,
      // The gate judges it, so that the refusal has our shape and a line in the log.
      requireHostHeader: false,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: PROBE_AFTER_MS,
      shouldUpgradeCallback: wantsWebSocket,
    });
    // Headers are bounded by their size; Node would drop those beyond a count without an error.
    server.maxHeadersCount = 0;
    this.connections.watch(server);
    this.servers.add(server);
    server.on('request', (request, response) => this.enter(request, response, () => handle(request, response)));
    server.on('checkContinue', (request, response) =>
      this.enter(request, response, () => handle(request, response), true),
    );
    server.on('checkExpectation', (request, response) =>
      this.enter(request, response, (exchange) => this.refuse(exchange, errors.expectationFailed())),
    );
    server.on('upgrade', (request, socket, head) => this.enterWebSocket(request, socket as Socket, head));
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.onClientError(error, socket));
    server.on('timeout', closeWhenStillIdle);
    server.on('connect', (_request, socket) => this.refuseSocket(socket, errors.methodNotAllowed(ALLOW), 'CONNECT'));
    return server;
  }

  /** Accepts no further connections. `http.Server.close` would also end idle connections, on which a request may be on its way. */
  stopListening(): void {
    this.lifecycle.listens = false;
    for (const server of this.servers) TcpServer.prototype.close.call(server);
  }

  serveWebSockets(gate: WebSocketGate): void {
    this.webSockets = gate;
  }

  /** Called before a management call is refused whose body broke. */
  noteRefusals(note: NoteRefusal): void {
    this.brokenBodies.noteWith(note);
  }

  /** A request that becomes a WebSocket (RFC 6455 §4.2) passes the same gate. */
  private enterWebSocket(request: IncomingMessage, socket: Socket, head: Buffer): void {
    this.overdue.delete(socket);
    if (this.closing.has(socket) || socket.writableEnded) return void socket.destroy();
    const exchange = new Exchange(request, undefined, this.host);
    this.connections.begin(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => exchange.close(this.lifecycle.draining ? 'drain' : 'client'));
    const refused = this.gate.refusal(exchange);
    if (refused) refuseOn(exchange, refused);
    else void this.webSockets?.open(exchange, head);
  }

  private enter(
    request: IncomingMessage,
    response: ServerResponse,
    serve: (exchange: Exchange) => void,
    isWaiting = false,
  ): void {
    const { socket } = request;
    if (this.overdue.size > 0) this.overdue.delete(socket);
    if (this.closing.has(socket) || socket.writableEnded) return waitForTurn(socket, response, () => undefined);
    const exchange = new Exchange(request, response, this.host);
    this.connections.begin(socket);
    response.prependOnceListener('finish', () => lingerAfter(request));
    response.once('close', () => this.leave(exchange));
    if (request.headers.upgrade !== undefined) this.isLast(request, response);
    if (response.socket) return this.admit(exchange, serve, isWaiting);
    waitForTurn(socket, response, () => {
      exchange.startsNow();
      if (exchange.closedAt === undefined && !socket.writableEnded) this.admit(exchange, serve, isWaiting);
    });
  }

  private leave(exchange: Exchange): void {
    exchange.close('client');
    const { socket } = exchange;
    if (!exchangeOn(socket)) this.connections.rest(socket, wasAccepted(exchange));
  }

  /** The turn of the request has come: its connection runs no other. */
  private admit(exchange: Exchange, serve: (exchange: Exchange) => void, isWaiting: boolean): void {
    const { request } = exchange;
    const response = exchange.response!;
    if (!this.lifecycle.ready) response.shouldKeepAlive = false;
    // After everything that closes the connection: an admission must not take that back.
    if (isWaiting) exchange.awaitContinue(response);
    const refused = this.gate.refusal(exchange);
    if (refused) return this.refuse(exchange, refused);
    if (exchange.route === 'proxied') keepBodyRaw(request);
    else {
      if (exchange.route === 'management') request.url = withoutSlash(request.url!);
      exchange.continueUpload();
      this.brokenBodies.endIn(MANAGEMENT_BODY_MS, exchange);
    }
    serve(exchange);
  }

  /** Node loses what follows an ignored upgrade in the same packet: nothing after that can be trusted. */
  private isLast(request: IncomingMessage, response: ServerResponse): void {
    response.shouldKeepAlive = false;
    this.closing.add(request.socket);
  }

  private refuse(exchange: Exchange, error: ApiError): void {
    const response = exchange.response!;
    exchange.refused(error);
    if (CLOSING.has(error.status)) response.shouldKeepAlive = false;
    const { status, headers, body } = refusal(error, exchange.requestId, isOpenAiShaped(error, exchange));
    if (exchange.request.method !== 'HEAD') exchange.bytesOut = Buffer.byteLength(body);
    if (exchange.route !== 'proxied' && exchange.correlationId)
      response.setHeader('x-correlation-id', exchange.correlationId);
    response.writeHead(status, headers).end(body);
  }

  /** Node judges late headers before it reads what has arrived, which matters to a process that stood still. */
  private onClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
    const refuse = (): void => this.refuseSocket(socket, parserRefusal(error), reasonOf(error));
    if (error.code !== 'ERR_HTTP_REQUEST_TIMEOUT') return refuse();
    this.overdue.add(socket);
    setImmediate(() => {
      if (this.overdue.delete(socket)) refuse();
    });
  }

  /** The parser refused bytes, or a tunnel was requested: there is no new request, but an earlier one may be running. */
  private refuseSocket(socket: Duplex, error: ApiError, why: string | undefined): void {
    if (why === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    if (this.refusedSockets.has(socket)) return;
    this.refusedSockets.add(socket);
    const running = exchangeOn(socket);
    if (running?.response && !running.request.complete) return this.brokenBodies.refuse(running, error);
    const { remoteAddress: remote } = socket as Socket;
    this.logger.info({ status: error.status, code: error.code, end: 'client', why, remote }, 'request');
    if (running?.response) endAfter(running.response, socket);
    else refuseBytes(socket, error);
  }
}

/** The keep-alive timeout: a process that stood still reads what has arrived before it closes. */
function closeWhenStillIdle(socket: Socket): void {
  const { bytesRead } = socket;
  setImmediate(() => {
    if (socket.bytesRead === bytesRead) socket.destroy();
  });
}

/** `/manage/projects/?page=1` is `/manage/projects?page=1`. */
const withoutSlash = (target: string): string => target.replace(/(?<=[^/])\/(?=\?|$)/, '');

/** Whether the client has shown a credential that this server accepts. */
const wasAccepted = ({ tokenId, route, code }: Exchange): boolean =>
  tokenId !== undefined || (route === 'management' && code === undefined);

/** The broken bytes came after a whole request: that one gets its response, the last of the connection. */
function endAfter(running: ServerResponse, socket: Duplex): void {
  running.shouldKeepAlive = false;
  running.once('finish', () => {
    socket.end();
    destroyAfterLinger(socket);
  });
}

function refuseBytes(socket: Duplex, error: ApiError): void {
  destroyAfterLinger(socket);
  const { status, headers, body } = refusal(error, 'none', true);
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${error.code}\r\n${lines.join('')}\r\n${body}`);
}
