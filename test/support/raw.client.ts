import { connect, type Socket } from 'node:net';
import { Changes, PATIENCE_MS } from './changes.js';
import { gotSoFar, readResponse, type RawResponse } from './raw.response.js';
import { valuesOf, type HeaderLine } from './wire.head.js';
import { WireInbox, type Departure } from './wire.inbox.js';

export interface ResponseOptions {
  /** How long to wait for the whole answer; 5 s unless given. */
  timeoutMs?: number;
  /** The method that is answered; only HEAD makes a difference. */
  method?: string;
}

export interface RawRequest extends ResponseOptions {
  target?: string;
  headers?: readonly HeaderLine[] | Readonly<Record<string, string>>;
  body?: string | Buffer;
}

/** A TCP connection that sends exactly what it is given and reads HTTP/1.1 answers without mending them. */
export class RawClient {
  /** When which bytes came (`performance.now()`). */
  readonly arrivals: { atMs: number; bytes: Buffer }[] = [];
  private readonly inbox = new WireInbox();
  private readonly changes = new Changes();
  private reading: Promise<RawResponse> | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.arrive(bytes));
    socket.on('end', () => this.depart('fin'));
    socket.on('error', () => this.depart('reset'));
    socket.on('close', () => this.depart('reset'));
  }

  static connect(port: number, host = '127.0.0.1'): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host, allowHalfOpen: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.removeListener('error', reject);
        resolve(new RawClient(socket));
      });
    });
  }

  /** Everything that ever arrived. */
  get received(): Buffer {
    return Buffer.concat(this.arrivals.map(({ bytes }) => bytes));
  }

  /** Sends these bytes, a string as latin1; true when the system took them all, false when the peer is gone. */
  write(bytes: string | Buffer): Promise<boolean> {
    if (!this.socket.writable) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, (error) => resolve(!error));
    });
  }

  /** Composes and sends one request; adds `Host`, and `Content-Length` for a body without framing of its own. */
  send(content: RawRequest): Promise<boolean> {
    return this.write(compose(content, `127.0.0.1:${this.socket.remotePort}`));
  }

  /** The next answer; call it again for each pipelined one. Rejects when none comes, and may then be asked again. */
  async response({ timeoutMs = PATIENCE_MS, method }: ResponseOptions = {}): Promise<RawResponse> {
    let outcome: { response: RawResponse } | { error: unknown } | undefined;
    const settle = (result: typeof outcome): void => {
      outcome = result;
      this.changes.notify();
    };
    this.reading ??= readResponse(this.inbox, method);
    this.reading.then(
      (response) => settle({ response }),
      (error: unknown) => settle({ error }),
    );
    const what = 'a complete answer';
    const settled = await this.changes
      .until(what, () => outcome, timeoutMs)
      .catch((error: unknown) => {
        throw new Error(`${String(error)}${gotSoFar(this.inbox.unread)}`, { cause: error });
      });
    this.reading = undefined;
    if ('error' in settled) throw settled.error;
    return settled.response;
  }

  /** Resolves when `text` (latin1) stands in what arrived, with the time of the piece that completed it. */
  sees(text: string, timeoutMs?: number): Promise<number> {
    const look = (): number | undefined =>
      this.received.includes(text, 0, 'latin1') ? this.arrivals.at(-1)?.atMs : undefined;
    return this.changes.until(`${JSON.stringify(text)} to arrive`, look, timeoutMs);
  }

  /** How the peer ended the connection, once it has. A paused client does not notice. */
  closed(timeoutMs?: number): Promise<Departure> {
    return this.changes.until('the peer to close', () => this.inbox.departure, timeoutMs);
  }

  /** Reads nothing more until `resume`: the peer's sends pile up in the kernel, then stall. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Ends our direction (FIN) and goes on reading. */
  end(): void {
    this.socket.end();
  }

  /** Leaves with a reset. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Leaves at once, as a process does that ends. */
  destroy(): void {
    this.socket.destroy();
  }

  private arrive(bytes: Buffer): void {
    this.arrivals.push({ atMs: performance.now(), bytes });
    this.inbox.push(bytes);
    this.changes.notify();
  }

  private depart(how: Departure): void {
    this.inbox.finish(how);
    this.changes.notify();
    if (how === 'fin') this.socket.end();
  }
}

/** One request on a connection of its own. */
export async function request(port: number, options: RawRequest = {}): Promise<RawResponse> {
  const client = await RawClient.connect(port);
  try {
    void client.send(options);
    return await client.response(options);
  } finally {
    client.destroy();
  }
}

/** The bytes of one request. */
export function compose({ method = 'GET', target = '/', headers = [], body = '' }: RawRequest, host: string): Buffer {
  const given = Array.isArray(headers)
    ? (headers as readonly HeaderLine[])
    : Object.entries(headers as Record<string, string>);
  const bytes = Buffer.from(body);
  const lines: HeaderLine[] = [...(valuesOf(given, 'host').length > 0 ? [] : [['Host', host] as const]), ...given];
  const framed = valuesOf(given, 'content-length').length + valuesOf(given, 'transfer-encoding').length > 0;
  if (bytes.length > 0 && !framed) lines.push(['Content-Length', String(bytes.length)]);
  const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${text}\r\n`, 'latin1'), bytes]);
}
