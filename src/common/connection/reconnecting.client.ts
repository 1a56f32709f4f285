import { withTimeout } from '../values/with.timeout.js';

/** Connecting and preparing a client takes at most this long. */
export const CONNECT_TIMEOUT_MS = 2000;
const RETRY_MS = 250;
const CLOSE_TIMEOUT_MS = 250;
/** The interval of pings, and how long a ping may take. */
export const HEARTBEAT_MS = 1000;

/** The client library behind a ReconnectingClient. */
export interface Connector<Client> {
  /** A client that is not connected yet; it calls `onLost` when its connection fails. Throws for an address it cannot use. */
  create(onLost: (cause: unknown) => void): Promise<Client>;
  /** Connects the client and makes it ready for use. Throws when that fails. */
  connect(client: Client): Promise<unknown>;
  ping(client: Client): Promise<unknown>;
  /** Ends the connection after the responses to everything sent. */
  close(client: Client): Promise<unknown>;
  /** Ends the connection at once; does nothing to one that has ended. Never throws. */
  destroy(client: Client): void;
}

export interface ConnectionListener {
  /** After every successful connect. */
  onUp?(): void;
  /** After every failed connect, and when a connection is lost. */
  onDown?(cause: unknown): void;
}

/**
 * One connection that reconnects in the background. It is dropped at its first failure and after a ping without a response.
 * The libraries' own reconnecting waits longer after each failure, and queues commands meanwhile.
 */
export class ReconnectingClient<Client> {
  /** Undefined while there is no usable connection. */
  current: Client | undefined;
  private connecting: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly connector: Connector<Client>,
    private readonly listener: ConnectionListener,
  ) {}

  /** Resolves after the first attempt, successful or not. */
  async open(): Promise<void> {
    let client: Client;
    try {
      client = await this.connector.create((cause) => this.drop(client, cause));
    } catch (error) {
      return this.retry(error);
    }
    if (this.isClosed) return;
    this.connecting = client;
    try {
      await withTimeout(CONNECT_TIMEOUT_MS, this.connector.connect(client));
    } catch (error) {
      return this.drop(client, error);
    }
    if (this.connecting === client) this.use(client);
  }

  /** Ends this connection and opens another one. Does nothing for a client that is no longer in use. */
  drop(client: Client, cause: unknown): void {
    if (client !== this.current && client !== this.connecting) return;
    this.current = this.connecting = undefined;
    this.connector.destroy(client);
    this.retry(cause);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    const { current, connecting } = this;
    this.current = this.connecting = undefined;
    if (connecting) this.connector.destroy(connecting);
    if (!current) return;
    await withTimeout(CLOSE_TIMEOUT_MS, this.connector.close(current)).catch(() => undefined);
    this.connector.destroy(current);
  }

  private use(client: Client): void {
    this.connecting = undefined;
    this.current = client;
    this.pingLater(client);
    this.listener.onUp?.();
  }

  private retry(cause: unknown): void {
    if (this.isClosed) return;
    this.listener.onDown?.(cause);
    this.later(RETRY_MS, () => this.open());
  }

  private pingLater(client: Client): void {
    this.later(HEARTBEAT_MS, () => this.ping(client));
  }

  private async ping(client: Client): Promise<void> {
    try {
      await withTimeout(HEARTBEAT_MS, this.connector.ping(client));
    } catch (error) {
      return this.drop(client, error);
    }
    if (this.current === client) this.pingLater(client);
  }

  private later(ms: number, work: () => Promise<void>): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void work(), ms).unref();
  }
}
