import { PostgresRoute, type RoutedClient, routed } from '../database/pools/postgres.route.js';
import {
  CONNECT_TIMEOUT_MS,
  type Connector,
  HEARTBEAT_MS,
  ReconnectingClient,
} from '../common/connection/reconnecting.client.js';

/** pg has this property and does not declare it. */
type WithStream = RoutedClient & { connection: { stream: { destroy(): void } } };

export interface Listener {
  onNotice(): void;
  /** Each time listening begins: earlier notices may have been missed. */
  onUp(): void;
}

/** Listens to one channel of PostgreSQL, on a connection of its own that reconnects. */
export class PostgresListener {
  private readonly connection: ReconnectingClient<WithStream>;

  constructor(url: string, channel: string, listener: Listener) {
    this.connection = new ReconnectingClient(new ListenConnector(url, channel, listener), listener);
  }

  /** Resolves after the first attempt, successful or not. */
  open(): Promise<void> {
    return this.connection.open();
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}

class ListenConnector implements Connector<WithStream> {
  private readonly route: PostgresRoute;

  constructor(
    url: string,
    private readonly channel: string,
    private readonly listener: Listener,
  ) {
    this.route = PostgresRoute.of(url);
  }

  /** Reads the files that the URL names. They may be missing for a moment, as while a certificate is replaced. */
  async create(onLost: (cause: unknown) => void): Promise<WithStream> {
    const { Client } = await import('pg');
    const client = new (routed(Client, this.route))({
      application_name: 'llm-proxy listen',
      keepAlive: true,
      keepAliveInitialDelayMillis: HEARTBEAT_MS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    }) as WithStream;
    client.on('error', onLost);
    client.on('end', () => onLost(new Error('the server closed the connection')));
    client.on('notification', () => this.listener.onNotice());
    return client;
  }

  async connect(client: WithStream): Promise<void> {
    try {
      await client.connect();
      // A standby refuses it.
      await client.query(`LISTEN ${this.channel}`);
    } catch (error) {
      this.route.failed(client.way, error);
      throw error;
    }
  }

  ping(client: WithStream): Promise<unknown> {
    return client.query('SELECT 1');
  }

  close(client: WithStream): Promise<void> {
    return client.end();
  }

  destroy(client: WithStream): void {
    client.connection.stream.destroy();
  }
}
