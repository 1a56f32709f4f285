import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { logExchange } from './common/access.log.js';
import type { ApiError } from './common/api.error.js';
import { isProxied, refusal } from './common/error.body.js';
import { errors } from './common/errors.js';
import { exchangeOf } from './common/exchange.js';
import type { Lifecycle } from './common/lifecycle.js';
import { keepBodyRaw } from './proxy/request.body.js';
import { targetFault } from './proxy/target.gate.js';

/** Slow headers are cut after this; a body has its own deadline (proxy/relay). */
const HEADERS_TIMEOUT_MS = 10_000;
const CHECK_CONNECTIONS_EVERY_MS = 1000;
/** Longer than the pools of common clients keep a connection, so that they close first. */
const KEEP_ALIVE_MS = 100_000;
/** How long a refused upload is read and thrown away, so that its sender gets to see the refusal. */
const LINGER_MS = 30_000;

const HEALTH = new Set(['/live', '/ready', '/health']);
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%!$&'()*+,;=-]+)(?::\d*)?$/;

/** Every request and every refusal before Fastify: the one way in, whatever the route. */
export class FrontDoor {
  constructor(
    private readonly logger: Logger,
    private readonly lifecycle: Lifecycle,
  ) {}

  /** The HTTP server of the application. */
  open(handle: RequestListener): Server {
    const server = createServer({
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_CONNECTIONS_EVERY_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      requestTimeout: 0,
      noDelay: true,
    });
    // Bounded by their size; Node would drop those beyond a count without a word.
    server.maxHeadersCount = 0;
    server.on('request', (request, response) => this.enter(request, response, handle));
    server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
      this.refuseSocket(socket, parserRefusal(error), error.code),
    );
    server.on('connect', (_request, socket) =>
      this.refuseSocket(socket, errors.methodNotAllowed('GET, POST'), 'CONNECT'),
    );
    return server;
  }

  private enter(request: IncomingMessage, response: ServerResponse, handle: RequestListener): void {
    const exchange = exchangeOf(request);
    this.lifecycle.began(response);
    response.once('finish', () => linger(request));
    response.once('close', () => {
      if (!response.writableFinished) exchange.endedBy('client');
      this.lifecycle.ended(response);
      logExchange(this.logger, exchange, response);
    });
    if (this.lifecycle.draining) response.shouldKeepAlive = false;
    const fault = this.fault(request);
    if (fault) return this.refuse(request, response, fault);
    if (isProxied(exchange.path)) keepBodyRaw(request);
    handle(request, response);
  }

  private fault(request: IncomingMessage): ApiError | undefined {
    const target = request.url ?? '';
    const why = targetFault(target);
    if (why) return errors.targetInvalid(why);
    if (request.method === 'TRACE') return errors.methodNotAllowed('GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS');
    const header = headerFault(request.rawHeaders);
    if (header) return errors.headerInvalid(header);
    return this.lifecycle.draining && !HEALTH.has(exchangeOf(request).path) ? errors.draining() : undefined;
  }

  private refuse(request: IncomingMessage, response: ServerResponse, error: ApiError): void {
    const exchange = exchangeOf(request);
    exchange.refused(error);
    if (error.status === 400) response.shouldKeepAlive = false;
    const { status, headers, body } = refusal(
      error,
      exchange.requestId,
      error.code === 'target_invalid' || isProxied(exchange.path),
    );
    response.writeHead(status, headers).end(body);
  }

  /** A connection that never made a request: the parser refused it, or it asked for a tunnel. */
  private refuseSocket(socket: Duplex, error: ApiError, why: string | undefined): void {
    if (why === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const running = (socket as Duplex & { _httpMessage?: ServerResponse })._httpMessage;
    if (running) exchangeOf(running.req).refused(error);
    else this.logger.info({ status: error.status, code: error.code, end: 'client', why }, 'request');
    if (running?.headersSent) {
      socket.destroy();
      return;
    }
    const { status, headers, body } = refusal(error, 'none', true);
    const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${error.code}\r\n${lines.join('')}\r\n${body}`);
  }
}

function parserRefusal({ code }: NodeJS.ErrnoException): ApiError {
  if (code === 'HPE_HEADER_OVERFLOW') return errors.headersTooLarge();
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return errors.requestTimeout();
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return errors.requestInvalid('its chunk extensions are too large');
  return code === 'HPE_INVALID_EOF_STATE' ? errors.bodyTruncated() : errors.requestInvalid('it is not HTTP/1.1');
}

/** RFC 9112 §3.2 and §11.2: one Host, and one credential; Node keeps the first of several in silence. */
function headerFault(rawHeaders: readonly string[]): string | undefined {
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
  return credentials > 1 ? 'Authorization is given twice' : undefined;
}

/** Reads on after an early answer and throws away: closing at once would reset the sender before it has read the answer. */
function linger(request: IncomingMessage): void {
  if (request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS);
  request.socket.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
}
