import type { Client } from 'pg';

const RETRY_MS = 250;
const HEARTBEAT_MS = 1000;
/** For a statement, and for opening the connection. */
const TIMEOUT_MS = 1000;
/** The types of pg leave the stream out. */
type WithStream = Client & { connection: { stream: { destroy(): void } } };

export interface Listener {
  onNotice(): void;
  /** Called each time the connection begins to listen: earlier messages may have been lost. */
  onUp(): void;
}

/** Listens to a channel of PostgreSQL on a connection of its own, and reconnects when that fails or falls silent. */
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
      // The constructor reads the files that the URL names. They may be absent while a certificate is replaced.
      client = this.connection(Client);
      await client.connect();
      await this.query(client, `LISTEN ${this.channel}`);
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
      connectionTimeoutMillis: TIMEOUT_MS,
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

  /** Closes the connection and opens another one later. Idempotent. */
  private drop(client: WithStream): void {
    if (client !== this.client) return;
    this.client = undefined;
    // A frozen server does not complete an orderly close.
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
      await this.query(client, 'SELECT 1');
      this.beatLater(client);
    } catch {
      this.drop(client);
    }
  }

  private async query(client: WithStream, sql: string): Promise<void> {
    const timer = setTimeout(() => this.drop(client), TIMEOUT_MS);
    await client.query(sql).finally(() => clearTimeout(timer));
  }

  private later(ms: number, work: () => Promise<void>): void {
    this.timer = setTimeout(() => void work(), ms).unref();
  }
}
