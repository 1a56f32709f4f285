import { connect, type Socket } from 'node:net';
import { compose } from './raw.client.js';
import { readResponse, type RawResponse } from './raw.response.js';
import { Changes } from './changes.js';
import { CLIENT_MASK, frame, FrameReader, type Frame, type FrameContent } from './websocket.frames.js';
import type { HeaderLine } from './wire.head.js';
import { WireInbox, type Departure } from './wire.inbox.js';

/** RFC 6455 §1.3. */
export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** The header lines of a handshake, besides `Host` and the credential. */
export const HANDSHAKE: readonly HeaderLine[] = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', KEY],
];

/** A WebSocket client that shows every byte: it sends what it is given and mends nothing. */
export class WebSocketClient {
  private readonly inbox = new WireInbox();
  private readonly frames = new FrameReader(this.inbox);
  private readonly changes = new Changes();

  private constructor(readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.inbox.push(bytes));
    socket.on('end', () => this.depart('fin'));
    socket.on('error', () => this.depart('reset'));
    socket.on('close', () => this.depart('reset'));
  }

  /** Connects and sends a handshake with these header lines, and `early` in the same packet. */
  static async ask(
    port: number,
    headers: readonly HeaderLine[],
    { target = '/v1/realtime?model=gpt-realtime', early }: { target?: string; early?: Buffer } = {},
  ): Promise<WebSocketClient> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    const client = new WebSocketClient(socket);
    await client.write(
      Buffer.concat([compose({ target, headers: [...headers] }, `127.0.0.1:${port}`), early ?? Buffer.alloc(0)]),
    );
    return client;
  }

  /** The response to the handshake. */
  answer(): Promise<RawResponse> {
    return readResponse(this.inbox);
  }

  write(bytes: Buffer): Promise<boolean> {
    if (!this.socket.writable) return Promise.resolve(false);
    return new Promise((resolve) => this.socket.write(bytes, (error) => resolve(!error)));
  }

  /** Sends a masked frame; its bytes. */
  async send(content: FrameContent): Promise<Buffer> {
    const bytes = frame({ mask: CLIENT_MASK, ...content });
    await this.write(bytes);
    return bytes;
  }

  next(): Promise<Frame | undefined> {
    return this.frames.next();
  }

  /** How the peer closed, once it has. */
  closed(timeoutMs?: number): Promise<Departure> {
    return this.changes.until('the peer to close', () => this.inbox.departure, timeoutMs);
  }

  private depart(how: Departure): void {
    this.inbox.finish(how);
    this.changes.notify();
    if (how === 'fin') this.socket.end();
  }
}
