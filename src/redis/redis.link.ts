import type { RedisClientType } from 'redis';
import { withTimeout } from '../common/values/with.timeout.js';

export type RedisClient = RedisClientType;

/** How soon a connection that failed is made anew, and what making it may take. */
const RETRY_MS = 250;
const OPEN_LIMIT_MS = 2000;
/** How often a connection is asked whether it is still there, and how long it may take to say so. */
const HEARTBEAT_MS = 1000;

export interface LinkOwner {
  /** What makes a new connection fit for use; throws when it is not. */
  prepare(client: RedisClient): Promise<void>;
  onUp(): void;
  onDown(why: unknown): void;
}

/**
 * One connection, kept: opened behind the start, given up at its first fault, made anew in the background. The client's
 * own reconnecting is off: it waits longer each time, and holds commands back while it does.
 */
export class RedisLink {
  /** Undefined while Redis is away. */
  client: RedisClient | undefined;
  private opening: RedisClient | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly url: string,
    private readonly owner: LinkOwner,
  ) {}

  start(): void {
    void this.open();
  }

  /** This connection is of no use any more. Said of one that is gone already, it changes nothing. */
  drop(client: RedisClient, why: unknown): void {
    if (client !== this.client && client !== this.opening) return;
    this.client = this.opening = undefined;
    destroy(client);
    this.retry(why);
  }

  /** What was sent is answered first, if that does not take long. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    const { client, opening } = this;
    this.client = this.opening = undefined;
    if (opening) destroy(opening);
    if (!client) return;
    await withTimeout(RETRY_MS, client.close()).catch(() => undefined);
    destroy(client);
  }

  private async open(): Promise<void> {
    let client: RedisClient;
    try {
      client = await clientOf(this.url);
    } catch (error) {
      return this.retry(error);
    }
    if (this.isClosed) return;
    this.opening = client;
    client.on('error', (error: unknown) => this.drop(client, error));
    try {
      await withTimeout(OPEN_LIMIT_MS, this.connect(client));
    } catch (error) {
      return this.drop(client, error);
    }
    if (this.opening !== client) return;
    this.opening = undefined;
    this.client = client;
    this.later(HEARTBEAT_MS, () => this.beat(client));
    this.owner.onUp();
  }

  private retry(why: unknown): void {
    if (this.isClosed) return;
    this.owner.onDown(why);
    this.later(RETRY_MS, () => this.open());
  }

  private async connect(client: RedisClient): Promise<void> {
    await client.connect();
    await this.owner.prepare(client);
  }

  private async beat(client: RedisClient): Promise<void> {
    try {
      await withTimeout(HEARTBEAT_MS, client.ping());
    } catch (error) {
      return this.drop(client, error);
    }
    if (this.client === client) this.later(HEARTBEAT_MS, () => this.beat(client));
  }

  private later(ms: number, work: () => Promise<void>): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void work(), ms).unref();
  }
}

/** Not connected yet. Throws what the client has against the address. */
async function clientOf(url: string): Promise<RedisClient> {
  // Loaded when there is a Redis to talk to: it takes a good part of a start.
  const { createClient } = await import('redis');
  return createClient({
    url,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    socket: { connectTimeout: OPEN_LIMIT_MS, reconnectStrategy: false },
  });
}

/** The client throws when it is closed already. */
function destroy(client: RedisClient): void {
  try {
    client.destroy();
  } catch {}
}
