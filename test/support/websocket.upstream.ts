import { Changes } from './changes.js';
import type { RecordedRequest } from './recorded.request.js';
import type { Handler } from './upstream.connection.js';
import type { Exchange } from './upstream.exchange.js';
import { acceptOf, frame, FrameReader, OPCODE, type Frame, type FrameContent } from './websocket.frames.js';
import { valuesOf, type HeaderLine } from './wire.head.js';

/** The upstream's side of one WebSocket, under the test's control. */
export class UpstreamSocket {
  private exchange: Exchange | undefined;
  private frames: FrameReader | undefined;
  private readonly changes = new Changes();

  /** `first`: bytes in the same packet as the 101. */
  constructor(
    private readonly headers: readonly HeaderLine[] = [],
    private readonly first: Buffer = Buffer.alloc(0),
  ) {}

  readonly handler: Handler = async (exchange) => {
    const [key = ''] = valuesOf(exchange.request.headers, 'sec-websocket-key');
    const lines: readonly HeaderLine[] = [
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Accept', acceptOf(key)],
      ...this.headers,
    ];
    const head = `HTTP/1.1 101 Switching Protocols\r\n${lines.map(([n, v]) => `${n}: ${v}\r\n`).join('')}\r\n`;
    await exchange.write(Buffer.concat([Buffer.from(head, 'latin1'), this.first]));
    this.frames = new FrameReader(exchange.connection.inbox);
    this.exchange = exchange;
    this.changes.notify();
    await exchange.request.closed(Infinity);
  };

  /** The request of the handshake, once its response is sent. */
  async opened(): Promise<RecordedRequest> {
    return (await this.changes.until('a handshake', () => this.exchange)).request;
  }

  next(): Promise<Frame | undefined> {
    return this.frames!.next();
  }

  /** Sends an unmasked frame; its bytes. */
  async send(content: FrameContent): Promise<Buffer> {
    const bytes = frame(content);
    await this.write(bytes);
    return bytes;
  }

  write(bytes: Buffer): Promise<boolean> {
    return this.exchange!.write(bytes);
  }

  fin(): void {
    this.exchange!.fin();
  }

  reset(): void {
    this.exchange!.reset();
  }
}

/** Answers a handshake and sends every frame back, unmasked, its first byte untouched. */
export const echo =
  (headers: readonly HeaderLine[] = []): Handler =>
  async (exchange) => {
    const socket = new UpstreamSocket(headers);
    const serving = socket.handler(exchange);
    await socket.opened();
    for (let got = await socket.next(); got; got = await socket.next()) {
      await socket.send(got);
      if (got.opcode === OPCODE.close) socket.fin();
    }
    socket.fin();
    await serving;
  };
