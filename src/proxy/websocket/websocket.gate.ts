import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '../../config/app.config.js';
import { DeadlineWatch } from '../../http/deadline.watch.js';
import { toApiError } from '../../http/error.filter.js';
import { ErrorSampler } from '../../http/error.sampler.js';
import type { Exchange } from '../../http/exchange.js';
import { Admission } from '../admission/admission.js';
import { permitOf } from '../admission/permit.js';
import { type LimitsByProvider, relayLimits } from '../relay/relay.limits.js';
import { SocketTap } from '../usage/socket.tap.js';
import { WaitingClient } from './waiting.client.js';
import { takeCredential } from './websocket.credential.js';
import { WebSocketDialer } from './websocket.dialer.js';
import { WebSocketRelay } from './websocket.relay.js';
import { refuseOn } from './websocket.response.js';

/** Admits WebSockets: Nest's guards do not run on an upgrade, so the same admission is called here. */
@Injectable()
export class WebSocketGate {
  private readonly sampler = new ErrorSampler(new Logger(WebSocketGate.name));
  private readonly limits: LimitsByProvider;
  private readonly readsUsage: boolean;

  constructor(
    config: AppConfig,
    private readonly admission: Admission,
    private readonly dialer: WebSocketDialer,
    private readonly watch: DeadlineWatch,
  ) {
    this.limits = relayLimits(config);
    this.readsUsage = config.observability.enabled;
  }

  /** Takes over the socket of a handshake that passed the request gate; `head` is what came with it. */
  async open(exchange: Exchange, head: Buffer): Promise<void> {
    const { request, socket } = exchange;
    const client = new WaitingClient(socket, head, () => socket.destroy());
    try {
      const { credential, rawHeaders } = takeCredential(request.rawHeaders, request.headers.authorization);
      await this.admission.admit(exchange, credential);
      if (client.hasLeft) exchange.endedBy('client');
      else this.relay(exchange, client, rawHeaders);
    } catch (thrown) {
      const error = toApiError(thrown);
      this.sampler.refused(error, exchange.requestId);
      refuseOn(exchange, error);
    }
  }

  private relay(exchange: Exchange, client: WaitingClient, rawHeaders: readonly string[]): void {
    const permit = permitOf(exchange);
    const call = this.dialer.call(exchange.request.url!, rawHeaders, permit.token);
    const limits = this.limits.get(permit.token.upstream.provider)!;
    const usage = this.readsUsage ? new SocketTap(exchange) : undefined;
    new WebSocketRelay(exchange, permit, call, client, limits, this.watch).start(usage);
  }
}
