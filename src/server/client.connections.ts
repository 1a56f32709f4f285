import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { IdleLink, IdleList } from './idle.list.js';

const CONNECTION = Symbol('llm-proxy:connection');
type Carrier = Socket & { [CONNECTION]?: ClientConnection };

/** A client's connection, in a list while no request runs on it. */
class ClientConnection extends IdleLink {
  isOpen = true;
  isBusy = false;

  constructor(readonly socket: Socket) {
    super();
  }
}

/**
 * The open connections of clients, of which at most `limit` may have a request. Further ones are accepted, because they may
 * be health checks. In return those without a request are closed, the longest idle first: before all others those on which
 * no credential was accepted.
 */
export class ClientConnections {
  private open = 0;
  private busy = 0;
  private readonly strangers = new IdleList<ClientConnection>();
  private readonly clients = new IdleList<ClientConnection>();
  /** Connections above the limit. */
  private readonly spare: number;

  constructor(private readonly limit: number) {
    this.spare = Math.max(16, Math.floor(limit / 10));
  }

  watch(server: Server): void {
    if (this.limit !== Infinity) server.maxConnections = this.limit + this.spare;
    server.prependListener('connection', (socket: Socket) => this.opened(socket));
  }

  /** A request has come on this connection. */
  begin(socket: Socket): void {
    const connection = (socket as Carrier)[CONNECTION];
    if (!connection?.isOpen || connection.isBusy) return;
    connection.unlink();
    connection.isBusy = true;
    this.busy += 1;
  }

  /** No request runs on this connection any more. `isClient`: a credential was accepted. */
  rest(socket: Socket, isClient: boolean): void {
    const connection = (socket as Carrier)[CONNECTION];
    if (!connection?.isBusy) return;
    this.busy -= 1;
    connection.isBusy = false;
    if (connection.isOpen) (isClient ? this.clients : this.strangers).add(connection);
  }

  /** Whether one of the connections that have a request must be refused. */
  get isOverloaded(): boolean {
    return this.busy > this.limit;
  }

  private opened(socket: Socket): void {
    const connection = new ClientConnection(socket);
    (socket as Carrier)[CONNECTION] = connection;
    this.open += 1;
    // Node remembers the address from now on: a closed socket has none.
    void socket.remoteAddress;
    socket.once('close', () => this.closed(connection));
    // Half of the spare ones are for connections that cannot be closed, since a request runs on them.
    if (this.open > this.limit + this.spare / 2) this.closeOldest();
    this.strangers.add(connection);
  }

  private closed(connection: ClientConnection): void {
    if (!connection.isOpen) return;
    connection.isOpen = false;
    connection.unlink();
    this.open -= 1;
    this.rest(connection.socket, false);
  }

  private closeOldest(): void {
    const oldest = this.strangers.oldest ?? this.clients.oldest;
    if (!oldest) return;
    this.closed(oldest);
    oldest.socket.destroy();
  }
}
