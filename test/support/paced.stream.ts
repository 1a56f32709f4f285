import { Changes } from './changes.js';
import type { RecordedRequest } from './recorded.request.js';
import type { Handler } from './upstream.connection.js';
import type { Exchange } from './upstream.exchange.js';
import type { HeaderLine } from './wire.head.js';

/** One chunked response that moves only when the test moves it. It opens when its request has been received. */
export class PacedStream {
  private exchange: Exchange | undefined;
  private over = false;
  private readonly changes = new Changes();

  constructor(
    private readonly headers: readonly HeaderLine[],
    private readonly status = 200,
  ) {}

  /** What the upstream calls; the exchange is over when the test ends, cuts or resets the stream, or the peer leaves. */
  readonly handler: Handler = async (exchange) => {
    if (!(await exchange.receiveAll())) return;
    await exchange.head(this.status, [...this.headers, ['transfer-encoding', 'chunked']]);
    this.exchange = exchange;
    this.changes.notify();
    await Promise.race([
      exchange.request.closed(Infinity),
      this.changes.until('the end', () => this.over || undefined, Infinity),
    ]);
  };

  /** The request of this stream, once the head of the response is sent. */
  async opened(timeoutMs?: number): Promise<RecordedRequest> {
    return (await this.open(timeoutMs)).request;
  }

  /** Sends one HTTP chunk; true when the system took it, false when the peer is gone. */
  async send(data: string | Buffer): Promise<boolean> {
    return (await this.open()).chunk(data);
  }

  /** Sends one event: `data:` with JSON (or the text itself), under `event:` when it has a name. */
  event(data: unknown, name?: string): Promise<boolean> {
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    return this.send(`${name === undefined ? '' : `event: ${name}\n`}data: ${text}\n\n`);
  }

  /** Ends properly: the last chunk. */
  async end(): Promise<void> {
    await this.finish((exchange) => exchange.lastChunk());
  }

  /** Breaks off with a FIN and no last chunk. */
  async cut(): Promise<void> {
    await this.finish((exchange) => exchange.fin());
  }

  /** Breaks off with a reset. */
  async reset(): Promise<void> {
    await this.finish((exchange) => exchange.reset());
  }

  private open(timeoutMs?: number): Promise<Exchange> {
    return this.changes.until("a paced stream's request", () => this.exchange, timeoutMs);
  }

  private async finish(act: (exchange: Exchange) => unknown): Promise<void> {
    await act(await this.open());
    this.over = true;
    this.changes.notify();
  }
}
