import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ApiError } from '../../common/errors/api.error.js';
import type { DeadlineWatch } from '../../http/deadline.watch.js';
import type { Exchange } from '../../http/exchange.js';
import type { UpstreamError } from '../../upstream/upstream.error.js';
import type { Permit } from '../admission/permit.js';
import { IS_AWAY } from '../admission/upstream.breaker.js';
import type { Wait } from '../relay/deadlines.js';
import type { RelayLimits } from '../relay/relay.limits.js';
import { RelayedExchange } from '../relay/relayed.exchange.js';
import type { SocketTap } from '../usage/socket.tap.js';
import type { WaitingClient } from './waiting.client.js';
import type { HandshakeObserver, WebSocketCall } from './websocket.dialer.js';
import { handshakeResponse, plainResponseHeaders } from './websocket.headers.js';
import { refuseOn, respondOn } from './websocket.response.js';
import { CLOSE_CODES, WebSocketTunnel } from './websocket.tunnel.js';

/** An upstream's response in HTTP on its way to the client. */
interface PlainResponse {
  readonly from: IncomingMessage;
  readonly to: ServerResponse;
  /** performance.now() of the last byte. */
  lastAt: number;
}

/**
 * One admitted WebSocket from its handshake to its end. The upstream decides: its 101 makes a tunnel of the two
 * connections, any other response is passed on as that of an ordinary request.
 */
export class WebSocketRelay extends RelayedExchange implements HandshakeObserver {
  private abortHandshake = (): void => undefined;
  private tunnel: WebSocketTunnel | undefined;
  private plain: PlainResponse | undefined;
  private usage: SocketTap | undefined;

  constructor(
    exchange: Exchange,
    permit: Permit,
    private readonly call: WebSocketCall,
    private readonly client: WaitingClient,
    limits: RelayLimits,
    watch: DeadlineWatch,
  ) {
    super(exchange, permit, limits, watch);
  }

  /** `usage` reads what the WebSocket uses. */
  start(usage?: SocketTap): void {
    this.begin();
    this.exchange.queuedAt = performance.now();
    this.usage = usage;
    if (!this.isOver) this.abortHandshake = this.call.dial(this);
  }

  override onClosed(): void {
    if (!this.tunnel && !this.plain?.to.writableFinished) this.exchange.endedBy('client');
    this.tunnel?.onClientClosed();
    if (this.tunnel) this.usage?.end();
    super.onClosed();
  }

  onSent(): void {
    this.exchange.sentAt = performance.now();
  }

  onSwitched(response: IncomingMessage, upstream: Socket, head: Buffer): void {
    if (this.isOver) {
      upstream.destroy();
      return;
    }
    const { exchange } = this;
    this.onResponded(101);
    this.usage?.begin(response.headers['x-request-id']);
    const early = this.client.release();
    exchange.socket.write(handshakeResponse(response.rawHeaders, response.statusMessage ?? '', exchange));
    this.tunnel = new WebSocketTunnel(exchange.socket, upstream, exchange, this.usage);
    if (head.length > 0) this.tunnel.toClient(head);
    for (const chunk of early) this.tunnel.toUpstream(chunk);
  }

  onResponse(from: IncomingMessage): void {
    const { statusCode: status = 502, statusMessage, rawHeaders } = from;
    this.onResponded(status);
    this.usage?.refused();
    const to = respondOn(this.exchange);
    to.sendDate = false;
    to.writeHead(status, statusMessage ?? '', plainResponseHeaders(rawHeaders, this.exchange));
    to.flushHeaders();
    const plain = (this.plain = { from, to, lastAt: performance.now() });
    from.on('data', (chunk: Buffer) => this.onPlainData(plain, chunk));
    from.once('close', () => this.onPlainEnd(plain));
    from.on('error', () => undefined);
  }

  onFailed(error: UpstreamError): void {
    if (!this.isOver && !this.tunnel && !this.plain) this.refuse(this.upstreamFailed(error));
  }

  protected wait(): Wait | undefined {
    const { tunnel, plain, exchange } = this;
    const blockedSince = tunnel?.clientBlockedSince ?? (plain?.to.writableNeedDrain ? plain.lastAt : undefined);
    if (blockedSince !== undefined) return { for: 'client', since: blockedSince };
    if (tunnel) return { for: 'frame', since: tunnel.lastAt };
    if (plain) return { for: 'upstream', since: plain.lastAt };
    return exchange.sentAt === undefined ? undefined : { for: 'response_head', since: exchange.sentAt };
  }

  /** 1008, policy violation. */
  protected revoke(why: ApiError): void {
    if (this.tunnel) this.tunnel.close(CLOSE_CODES.policyViolation, why.message);
    else this.refuse(why);
  }

  /** 1001, going away. */
  protected abandon(error: ApiError): void {
    if (this.tunnel) this.tunnel.close(CLOSE_CODES.goingAway, error.message);
    else this.refuse(error);
  }

  /** A tunnel lives as long as the client's connection and is ended with it. */
  protected releaseUpstream(): void {
    if (!this.tunnel) this.abortHandshake();
  }

  private onResponded(status: number): void {
    this.exchange.status = status;
    this.exchange.respondedAt = performance.now();
    this.call.outcome(true);
  }

  private onPlainData(plain: PlainResponse, chunk: Buffer): void {
    plain.lastAt = performance.now();
    this.exchange.bytesOut += chunk.length;
    if (plain.to.write(chunk)) return;
    plain.from.pause();
    this.exchange.socket.once('drain', () => plain.from.resume());
  }

  /** A clean end is never invented: what breaks off at the upstream breaks off at the client. */
  private onPlainEnd({ from, to }: PlainResponse): void {
    if (from.complete) {
      to.end();
      return;
    }
    this.exchange.endedBy('upstream');
    this.exchange.socket.destroy();
  }

  private refuse(error: ApiError): void {
    if (this.isOver) return;
    if (!this.plain && IS_AWAY.has(error.code)) this.call.outcome(false);
    this.stop();
    if (this.plain) this.exchange.socket.destroy();
    else refuseOn(this.exchange, error);
  }
}
