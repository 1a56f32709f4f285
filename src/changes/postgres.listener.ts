import type { Client } from 'pg';

const RETRY_MS = 250;
/** How often the connection is asked whether it is still there, how long it may take to say so, and to be opened. */
const HEARTBEAT_MS = 1000;
const LIMIT_MS = 1000;
/** pg has this and does not declare it. */
type WithStream = Client & { connection: { stream: { destroy(): void } } };

export interface Listener {
  onNotice(): void;
  /** Told each time it begins to listen: what was said before may have been missed. */
  onUp(): void;
}

/** Listens to a channel of PostgreSQL on a connection of its own, which is made anew when it fails or falls silent. */
export class PostgresListener {
  private client: WithStream | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly url: string,
    private readonly channel: string,
    private readonly listener: Listener,
  ) {}

  async open(): Promise<void> {
    const { Client } = await import('pg');
    if (this.isClosed) return;
    let client: WithStream | undefined;
    try {
      // Reads the files that the URL names: they may be away for a moment, as while a certificate is replaced.
      client = this.connection(Client);
      await client.connect();
      await this.ask(client, `LISTEN ${this.channel}`);
      if (this.client === client) this.listener.onUp();
      this.beatLater(client);
    } catch {
      if (client) this.drop(client);
      else this.openLater();
    }
  }

  private connection(type: typeof Client): WithStream {
    const client = new type({
      connectionString: this.url,
      application_name: 'llm-proxy listen',
      keepAlive: true,
      keepAliveInitialDelayMillis: HEARTBEAT_MS,
      connectionTimeoutMillis: LIMIT_MS,
    }) as unknown as WithStream;
    this.client = client;
    client.on('error', () => this.drop(client));
    client.on('end', () => this.drop(client));
    client.on('notification', () => this.listener.onNotice());
    return client;
  }

  close(): void {
    this.isClosed = true;
    if (this.client) this.drop(this.client);
  }

  /** Of no use any more; said twice, it changes nothing. */
  private drop(client: WithStream): void {
    if (client !== this.client) return;
    this.client = undefined;
    // A server that is frozen would not say good-bye.
    client.connection.stream.destroy();
    clearTimeout(this.timer);
    this.openLater();
  }

  private openLater(): void {
    if (!this.isClosed) this.later(RETRY_MS, () => this.open());
  }

  private beatLater(client: WithStream): void {
    if (this.client === client) this.later(HEARTBEAT_MS, () => this.beat(client));
  }

  private async beat(client: WithStream): Promise<void> {
    try {
      await this.ask(client, 'SELECT 1');
      this.beatLater(client);
    } catch {
      this.drop(client);
    }
  }

  private async ask(client: WithStream, sql: string): Promise<void> {
    const timer = setTimeout(() => this.drop(client), LIMIT_MS);
    await client.query(sql).finally(() => clearTimeout(timer));
  }

  private later(ms: number, work: () => Promise<void>): void {
    this.timer = setTimeout(() => void work(), ms).unref();
  }
}
