import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, Logger } from '@nestjs/common';
import { ErrorSampler } from '../../http/error.sampler.js';
import { toApiError } from '../../http/error.filter.js';
import { exchangeOf } from '../../http/exchange.js';
import { Lifecycle } from '../../http/lifecycle.js';
import { AppConfig } from '../../config/app.config.js';
import { Admission } from '../admission/admission.js';
import type { Caller } from '../admission/caller.js';
import { DeadlineWatch } from '../../http/deadline.watch.js';
import { type LimitsByProvider, relayLimits } from '../relay/relay.limits.js';
import { refuseOn } from './websocket.response.js';
import { takeCredential } from './websocket.credential.js';
import { WebSocketDialer } from './websocket.dialer.js';
import { WebSocketRelay } from './websocket.relay.js';
import { WaitingClient } from './socket.waiting.js';

/** Admits WebSockets: Nest's guards do not run on an upgrade, so the same admission is asked here. */
@Injectable()
export class WebSocketGate {
  private readonly causes = new ErrorSampler(new Logger(WebSocketGate.name));
  private readonly limits: LimitsByProvider;

  constructor(
    config: AppConfig,
    private readonly admission: Admission,
    private readonly dialler: WebSocketDialer,
    private readonly watch: DeadlineWatch,
    private readonly lifecycle: Lifecycle,
  ) {
    this.limits = relayLimits(config);
  }

  /** Takes over the socket of a handshake that the front door let pass; `head` is what came with it. */
  async open(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const client = new WaitingClient(socket, head, () => socket.destroy());
    try {
      const { credential, rawHeaders } = takeCredential(request.rawHeaders, request.headers.authorization);
      const admitted = this.admission.admit(request, credential);
      const caller = admitted instanceof Promise ? await admitted : admitted;
      if (client.hasLeft) this.left(request, caller);
      else this.relay(request, client, rawHeaders, caller);
    } catch (thrown) {
      this.refuse(request, socket, thrown);
    }
  }

  private relay(request: IncomingMessage, client: WaitingClient, rawHeaders: readonly string[], caller: Caller): void {
    const call = this.dialler.call(request.url!, rawHeaders, caller);
    const relay = new WebSocketRelay(
      call,
      request,
      client,
      this.limits.get(caller.token.upstream.provider)!,
      this.watch,
    );
    this.lifecycle.socketRuns(client.socket, relay);
    relay.start();
  }

  private left(request: IncomingMessage, caller: Caller): void {
    exchangeOf(request).endedBy('client');
    caller.giveBack();
  }

  private refuse(request: IncomingMessage, socket: Socket, thrown: unknown): void {
    const error = toApiError(thrown);
    this.causes.refused(error, exchangeOf(request).requestId);
    refuseOn(request, socket, error);
  }
}
