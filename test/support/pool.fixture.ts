import { Readable } from 'node:stream';
import { afterEach, beforeEach } from 'vitest';
import { connector } from '../../src/upstream/upstream.connector.js';
import type { UpstreamExchange } from '../../src/upstream/upstream.exchange.js';
import { type PoolOptions, UpstreamPool } from '../../src/upstream/upstream.pool.js';
import { RawUpstream, ObserverSpy } from './raw.upstream.js';

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** A body without data so far. */
export const openBody = (): Readable => new Readable({ read: () => undefined });
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Inside {
  connections: Set<object>;
  idle: { socket: NodeJS.EventEmitter; exchange?: object; parser?: object; upload?: object }[];
  opening: number;
}

/** A pool and its upstream, new for each test. */
export class PoolFixture {
  upstream!: RawUpstream;
  pool!: UpstreamPool;

  static forTests(): PoolFixture {
    const fixture = new PoolFixture();
    beforeEach(async () => {
      fixture.upstream = await RawUpstream.open();
      fixture.open();
    });
    afterEach(async () => {
      fixture.pool.close();
      await fixture.upstream.close();
    });
    return fixture;
  }

  /** Replaces the pool. */
  open(options: Partial<PoolOptions> = {}): void {
    const connect = connector(`http://127.0.0.1:${this.upstream.port}`, { timeoutMs: 5000 });
    this.pool = new UpstreamPool({ connect, maxConnections: undefined, idleMs: 10_000, ...options });
  }

  send(
    observer: ObserverSpy,
    body: Buffer | Readable | null = null,
    { length }: { length?: number } = {},
  ): UpstreamExchange {
    const bytes = body instanceof Readable ? length : (body?.length ?? 0);
    const headers = bytes ? ['Content-Length', String(bytes)] : [];
    return this.pool.dispatch({ method: 'POST', target: '/a', host: 'h', headers, length: bytes }, body, observer);
  }

  /** Runs one exchange to its end on the connection of that index. */
  async exchange(index: number, response = OK): Promise<ObserverSpy> {
    const observer = new ObserverSpy();
    this.send(observer);
    const connection = await this.upstream.connection(index);
    await connection.request();
    connection.respond(response);
    return observer.over();
  }

  /** The private fields of the pool. */
  get inside(): Inside {
    return this.pool as unknown as Inside;
  }
}
