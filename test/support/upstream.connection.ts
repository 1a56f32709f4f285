import type { Socket } from 'node:net';
import type { Changes } from './changes.js';
import { RecordedRequest, type Closing } from './recorded.request.js';
import { Exchange } from './upstream.exchange.js';
import { readBody } from './wire.body.js';
import { hasToken, parseHead } from './wire.head.js';
import { WireInbox, type Departure } from './wire.inbox.js';

/** Responds to one request. Called once its head has arrived; the exchange ends when the promise settles. */
export type Handler = (exchange: Exchange) => void | Promise<void>;

/** Receives the events of a connection. `request` returns the handler of a request. */
export interface ConnectionObserver {
  request(request: RecordedRequest): Handler;
  failed(error: unknown): void;
}

/** One accepted socket: records requests, responds in order, and can break in every way. */
export class UpstreamConnection {
  readonly requests: RecordedRequest[] = [];
  readonly inbox = new WireInbox();
  closing: Closing | undefined;
  private pacer: NodeJS.Timeout | undefined;

  constructor(
    /** Counted from 1 in the order of acceptance. */
    readonly id: number,
    private readonly socket: Socket,
    private readonly changes: Changes,
    private readonly observer: ConnectionObserver,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.inbox.push(bytes));
    socket.on('end', () => this.close('peer', 'fin'));
    socket.on('error', () => this.close('peer', 'reset'));
    socket.on('close', () => this.close('upstream', 'reset'));
  }

  /** Serves requests until one side closes. */
  async serve(): Promise<void> {
    try {
      while (await this.serveOne());
      this.fin();
    } catch (error) {
      this.observer.failed(error);
      this.reset();
    }
  }

  /** Sends raw bytes, even while no request runs. False when the connection is closed. */
  write(bytes: string | Buffer): Promise<boolean> {
    if (!this.socket.writable) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, (error) => resolve(!error));
    });
  }

  /** Ends this side of the connection and still reads from the peer. */
  fin(): void {
    this.readFast();
    if (this.socket.writable) this.close('upstream', 'fin');
    this.socket.end();
  }

  reset(): void {
    this.close('upstream', 'reset');
    clearInterval(this.pacer);
    this.socket.resetAndDestroy();
  }

  /** Closes at once. The system resets the peer if bytes were unread. */
  destroy(): void {
    this.close('upstream', 'fin');
    clearInterval(this.pacer);
    this.socket.destroy();
  }

  /** While reading is stopped or slow, a close by the peer is noticed only after the bytes before it are read. */
  stopReading(): void {
    clearInterval(this.pacer);
    this.socket.pause();
  }

  /** Reads that many bytes a second from the socket, so that the kernel buffers fill up. */
  readSlowly(bytesPerSecond: number): void {
    this.stopReading();
    const step = Math.max(1, Math.round(bytesPerSecond / 10));
    this.pacer = setInterval(() => this.socket.read(Math.min(step, this.socket.readableLength) || undefined), 100);
  }

  readFast(): void {
    clearInterval(this.pacer);
    this.socket.resume();
  }

  private async serveOne(): Promise<boolean> {
    const head = await this.inbox.through('\r\n\r\n');
    if (head === undefined) return false;
    const request = new RecordedRequest(this.id, parseHead(head), this.changes);
    request.closing = this.closing;
    this.requests.push(request);
    const handler = this.observer.request(request);
    const exchange = new Exchange(this, request);
    const received = this.receive(request);
    await handler(exchange);
    this.readFast();
    await received;
    const asked = request.httpVersion === '1.0' || hasToken(request.headers, 'connection', 'close');
    return request.bodyState === 'complete' && !exchange.last && !asked;
  }

  private async receive(request: RecordedRequest): Promise<void> {
    if (request.faults.length > 0) return request.endBody('malformed head');
    const problem = await readBody(this.inbox, request.framing, {
      data: (bytes) => request.append(bytes),
      chunk: (size) => request.chunkSizes.push(size),
      trailer: (line) => request.trailers.push(line),
    });
    request.endBody(problem);
  }

  /** Records the first cause; later events of the same close change nothing. */
  private close(by: Closing['by'], how: Departure): void {
    if (by === 'peer' || how === 'reset') this.inbox.finish(how);
    if (how === 'reset') clearInterval(this.pacer);
    this.closing ??= { by, how, atMs: performance.now() };
    for (const request of this.requests) request.closing ??= this.closing;
    this.changes.notify();
  }
}
