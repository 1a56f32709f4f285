import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ApiError } from '../../common/errors/api.error.js';
import type { Slot } from '../../common/values/slot.set.js';
import { errors } from '../../common/errors/errors.js';
import { type End, type Exchange, exchangeOf } from '../../http/exchange.js';
import type { RunningSocket } from '../../http/lifecycle.js';
import type { RevocationHandle, Revocable } from '../../token/in.flight.registry.js';
import type { UpstreamError } from '../../upstream/upstream.error.js';
import type { DeadlineWatch, Watched } from '../../http/deadline.watch.js';
import type { RelayLimits } from '../relay/relay.limits.js';
import { respondOn, refuseOn } from './websocket.response.js';
import type { HandshakeObserver, WebSocketCall } from './websocket.dialer.js';
import { handshakeResponse, plainResponseHeaders } from './websocket.headers.js';
import { CLOSE_CODES, WebSocketTunnel } from './websocket.tunnel.js';
import type { WaitingClient } from './socket.waiting.js';
import { GATEWAY_FAILURES } from '../admission/upstream.breaker.js';
import { upstreamRefusal } from '../relay/upstream.refusal.js';

/**
 * One admitted WebSocket from its handshake to its end. The upstream decides: its 101 makes a tunnel of the two
 * connections, any other answer is passed on as the answer of an ordinary request.
 */
export class WebSocketRelay implements Watched, Revocable, RunningSocket, HandshakeObserver {
  private readonly exchange: Exchange;
  private readonly socket: Socket;
  private abandon = (): void => undefined;
  private sent = false;
  private over = false;
  private place: Slot<Watched> | undefined;
  private tunnel: WebSocketTunnel | undefined;
  private answer: { from: IncomingMessage; response: ServerResponse; lastAt: number } | undefined;

  constructor(
    private readonly call: WebSocketCall,
    private readonly request: IncomingMessage,
    private readonly client: WaitingClient,
    private readonly limits: RelayLimits,
    private readonly watch: DeadlineWatch,
  ) {
    this.exchange = exchangeOf(request);
    this.socket = client.socket;
  }

  get handle(): RevocationHandle {
    return this.call.caller;
  }

  start(): void {
    this.socket.prependOnceListener('close', () => this.onClosed());
    this.place = this.watch.add(this);
    this.call.caller.began(this);
    this.exchange.queuedAt = performance.now();
    if (!this.over) this.abandon = this.call.dial(this);
  }

  check(now: number): void {
    const { limits, exchange, tunnel, answer } = this;
    const blockedSince = tunnel?.clientBlockedSince ?? (answer?.response.writableNeedDrain ? answer.lastAt : undefined);
    const lastAt = tunnel?.lastAt ?? answer?.lastAt;
    if (now > this.handle.endsAt) this.end(errors.tokenExpired());
    else if (now - exchange.startedAt > limits.maxDurationMs) this.cut('upstream_timeout', errors.upstreamTimeout());
    else if (blockedSince !== undefined) {
      if (now - blockedSince > limits.clientStallMs) this.cut('client', errors.requestTimeout());
    } else if (lastAt !== undefined) {
      if (now - lastAt > limits.idleTimeoutMs) this.cut('upstream_timeout', errors.upstreamTimeout());
    } else if (exchange.sentAt !== undefined && now - exchange.sentAt > limits.headersTimeoutMs)
      this.cut('upstream_timeout', errors.upstreamTimeout());
  }

  /** The token may no longer be used: 1008, policy violation. */
  end(why: ApiError): void {
    this.call.caller.ended(this);
    this.exchange.endedBy('revoked');
    this.exchange.refused(why);
    if (this.tunnel) this.tunnel.close(CLOSE_CODES.policyViolation, why.message);
    else this.refuse(why);
  }

  /** This server stops: 1001, going away. */
  goAway(): void {
    this.cut('drain', errors.draining());
  }

  onSent(): void {
    this.sent = true;
    this.exchange.sentAt = performance.now();
  }

  onSwitched(answer: IncomingMessage, upstream: Socket, head: Buffer): void {
    if (this.over) {
      upstream.destroy();
      return;
    }
    this.answered(101);
    const early = this.client.release();
    this.socket.write(handshakeResponse(answer.rawHeaders, answer.statusMessage ?? '', this.exchange));
    this.tunnel = new WebSocketTunnel(this.socket, upstream, this.exchange);
    if (head.length > 0) this.tunnel.toClient(head);
    for (const chunk of early) this.tunnel.toUpstream(chunk);
  }

  onAnswered(from: IncomingMessage): void {
    const { statusCode: status = 502, statusMessage, rawHeaders } = from;
    this.answered(status);
    const response = respondOn(this.request, this.socket);
    response.sendDate = false;
    response.writeHead(status, statusMessage ?? '', plainResponseHeaders(rawHeaders, this.exchange));
    response.flushHeaders();
    this.answer = { from, response, lastAt: performance.now() };
    from.on('data', (chunk: Buffer) => this.onAnswerData(chunk));
    from.once('close', () => this.onAnswerEnd());
    from.on('error', () => undefined);
  }

  onFailed(fault: UpstreamError): void {
    if (!this.over && !this.tunnel && !this.answer) this.refuse(upstreamRefusal(fault));
  }

  private answered(status: number): void {
    this.exchange.status = status;
    this.exchange.respondedAt = performance.now();
    this.call.outcome(!GATEWAY_FAILURES.has(status));
  }

  private onAnswerData(chunk: Buffer): void {
    const { from, response } = this.answer!;
    this.answer!.lastAt = performance.now();
    this.exchange.bytesOut += chunk.length;
    if (response.write(chunk)) return;
    from.pause();
    this.socket.once('drain', () => from.resume());
  }

  /** A clean end is never invented: what breaks off at the upstream breaks off at the client. */
  private onAnswerEnd(): void {
    const { from, response } = this.answer!;
    if (from.complete) {
      response.end();
      return;
    }
    this.exchange.endedBy('upstream');
    this.socket.destroy();
  }

  private cut(end: End, error: ApiError): void {
    this.exchange.endedBy(end);
    this.exchange.refused(error);
    if (this.tunnel) this.tunnel.close(CLOSE_CODES.goingAway, error.message);
    else this.refuse(error);
  }

  private refuse(error: ApiError): void {
    if (this.over) return;
    if (!this.answer && GATEWAY_FAILURES.has(error.status) && error.code !== 'draining') this.call.outcome(false);
    const hasAnswer = this.answer !== undefined;
    this.stop();
    if (hasAnswer) this.socket.destroy();
    else refuseOn(this.request, this.socket, error);
  }

  private onClosed(): void {
    if (!this.tunnel && !this.answer?.response.writableFinished) this.exchange.endedBy('client');
    this.stop();
  }

  /** Lets go of the upstream; gives the take back when it never got a byte. */
  private stop(): void {
    if (this.over) return;
    this.over = true;
    if (this.place) this.watch.remove(this.place);
    this.call.caller.ended(this);
    if (!this.sent) this.call.caller.giveBack();
    if (!this.tunnel) this.abandon();
  }
}
