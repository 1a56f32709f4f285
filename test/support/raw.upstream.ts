import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { ResponseHead } from '../../src/upstream/response.head.js';
import type { UpstreamObserver } from '../../src/upstream/upstream.exchange.js';
import type { UpstreamError } from '../../src/upstream/upstream.error.js';
import { until } from './until.js';

/** One connection to a raw upstream: the bytes received, and the means to respond. */
export class RawConnection {
  text = '';
  hasEnded = false;
  isClosed = false;

  constructor(readonly socket: Socket) {
    socket
      .on('data', (bytes: Buffer) => (this.text += bytes.toString('latin1')))
      .on('end', () => (this.hasEnded = true))
      .on('close', () => (this.isClosed = true))
      .on('error', () => undefined);
  }

  /** Waits for received text that ends with `end`, then returns and clears it. */
  async request(end = '\r\n\r\n'): Promise<string> {
    await until(`a request that ends with ${JSON.stringify(end)}`, () => this.text.endsWith(end));
    const { text } = this;
    this.text = '';
    return text;
  }

  respond(text: string): void {
    this.socket.write(text, 'latin1');
  }

  async closed(): Promise<void> {
    await until('the connection to be closed', () => this.isClosed);
  }
}

/** A TCP or TLS server that sends only the bytes a test gives it. */
export class RawUpstream {
  readonly connections: RawConnection[] = [];
  readonly port: number;

  private constructor(readonly server: Server) {
    this.port = (server.address() as AddressInfo).port;
  }

  static async open(server: Server = createServer(), host = '127.0.0.1'): Promise<RawUpstream> {
    await once(server.listen(0, host), 'listening');
    const upstream = new RawUpstream(server);
    server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) =>
      upstream.connections.push(new RawConnection(socket)),
    );
    return upstream;
  }

  async connection(index = 0): Promise<RawConnection> {
    await until(`connection ${index}`, () => this.connections.length > index);
    return this.connections[index]!;
  }

  async close(): Promise<void> {
    for (const { socket } of this.connections) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Records the calls of an exchange, in order. */
export class ObserverSpy implements UpstreamObserver {
  readonly calls: string[] = [];
  informational: ResponseHead[] = [];
  head: ResponseHead | undefined;
  readonly pieces: Buffer[] = [];
  trailers: string[] | undefined;
  error: UpstreamError | undefined;
  private readonly ending = Promise.withResolvers<void>();
  /** Resolves with `onEnd` or `onError`. */
  readonly ended = this.ending.promise;

  constructor(private readonly on: Partial<Record<'sending' | 'head' | 'data' | 'end' | 'error', () => void>> = {}) {}

  get body(): string {
    return Buffer.concat(this.pieces).toString('latin1');
  }

  get isOver(): boolean {
    return this.trailers !== undefined || this.error !== undefined;
  }

  onSending(): void {
    this.calls.push('sending');
    this.on.sending?.();
  }

  onInformational(head: ResponseHead): void {
    this.calls.push('informational');
    this.informational.push(head);
  }

  onHead(head: ResponseHead): void {
    this.calls.push('head');
    this.head = head;
    this.on.head?.();
  }

  onData(bytes: Buffer): void {
    this.calls.push('data');
    this.pieces.push(bytes);
    this.on.data?.();
  }

  onEnd(trailers: string[]): void {
    this.calls.push('end');
    this.trailers = trailers;
    this.on.end?.();
    this.ending.resolve();
  }

  onError(error: UpstreamError): void {
    this.calls.push('error');
    this.error = error;
    this.on.error?.();
    this.ending.resolve();
  }

  async over(): Promise<this> {
    await until('the end of the exchange', () => this.isOver);
    return this;
  }
}
