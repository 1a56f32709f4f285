import { connect as connectTcp, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ForwardProxy } from '../config/values/forward.proxy.js';
import { AddressRace } from './address.race.js';
import { openTunnel } from './forward.tunnel.js';
import { tlsOptions } from './tls.options.js';
import { UpstreamError, type UpstreamErrorKind } from './upstream.error.js';
import { outliveWriteErrors } from './write.errors.js';

const PROBE_AFTER_MS = 60_000;

/** Called once, with an error or with an open socket, whose certificate is verified if it uses TLS. */
export type OnConnected = (
  ...outcome: [error: UpstreamError, socket: undefined] | [error: undefined, socket: Socket]
) => void;

/** One attempt to open a connection, in steps that all end within `timeoutMs`. */
export class ConnectionAttempt {
  private isOver = false;
  private socket: Socket | undefined;
  /** Ends the step that runs. */
  private cancel = (): void => undefined;
  private readonly timer: NodeJS.Timeout;
  /** True until the proxy has opened a tunnel: a failure is the proxy's then. */
  private isAtProxy = false;

  constructor(
    timeoutMs: number,
    private readonly done: OnConnected,
  ) {
    this.timer = setTimeout(() => this.fail('connect_timeout', 'the connection was not made in time'), timeoutMs);
  }

  /** Connects to the first address of `host` that responds. */
  race(
    host: string,
    lookup: LookupFunction | undefined,
    open: (address: string) => Socket,
    next: (socket: Socket) => void,
  ): void {
    const race = new AddressRace(open, (error, socket) => {
      if (error) return this.unreachable(error);
      socket.setNoDelay(true);
      socket.setKeepAlive(true, PROBE_AFTER_MS);
      this.follow(socket);
      next(socket);
    });
    this.cancel = () => race.cancel();
    race.start(host, lookup);
  }

  /** Opens a tunnel to `authority` through a proxy. The socket is paused then. */
  tunnel(proxy: ForwardProxy, authority: string, next: (socket: Socket) => void): void {
    const { host, port, isTls } = proxy;
    this.isAtProxy = true;
    const open = (address: string): Socket =>
      isTls ? connectTls({ ...tlsOptions(host), host: address, port }) : connectTcp({ host: address, port });
    this.race(host, undefined, open, (socket) =>
      this.whenSecure(socket, isTls, () =>
        openTunnel(socket, proxy, authority, (error) => {
          if (error) return this.unreachable(error);
          this.isAtProxy = false;
          next(socket);
        }),
      ),
    );
  }

  /** The socket is connected; it is open for use once its TLS handshake is over. */
  finish(socket: Socket, isTls: boolean): void {
    if (socket !== this.socket) this.follow(socket);
    this.whenSecure(socket, isTls, () => {
      outliveWriteErrors(socket);
      if (this.end()) this.done(undefined, socket);
    });
  }

  private whenSecure(socket: Socket, isTls: boolean, next: () => void): void {
    if (isTls) socket.once('secureConnect', next);
    else next();
  }

  /** The listener is never removed: a socket may emit `error` more than once, and one without a listener ends the process. */
  private follow(socket: Socket): void {
    this.socket = socket;
    this.cancel = () => socket.destroy();
    socket.on('error', (error) => this.unreachable(error));
  }

  private unreachable(cause: Error): void {
    this.fail('unreachable', 'the connection could not be made', cause);
  }

  private fail(kind: UpstreamErrorKind, message: string, cause?: Error): void {
    if (!this.end()) return;
    this.cancel();
    this.done(new UpstreamError(kind, message, cause, this.isAtProxy), undefined);
  }

  /** False when it is over already. */
  private end(): boolean {
    if (this.isOver) return false;
    clearTimeout(this.timer);
    return (this.isOver = true);
  }
}
