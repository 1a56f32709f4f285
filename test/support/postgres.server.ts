import { join } from 'node:path';
import { Client } from 'pg';
import { OwnServer, type ServerCommand, type ServerOptions } from './own.server.js';
import { findPostgres, type PostgresPrograms, preparePostgres, type PreparedPostgres } from './postgres.programs.js';

/** PostgreSQL: npm's, or the machine's. */
export class PostgresServer extends OwnServer {
  private readonly programs: PreparedPostgres;

  private constructor(
    found: PostgresPrograms,
    private readonly server: ServerOptions,
  ) {
    // SIGINT is its fast shutdown; at SIGTERM it would wait for its clients.
    super('postgres', 'SIGINT');
    this.programs = preparePostgres(found, this.folder);
  }

  static isInstalled(): boolean {
    return findPostgres() !== null;
  }

  static async start(options: ServerOptions = {}, found = findPostgres()): Promise<PostgresServer> {
    if (found === null) throw new Error('no PostgreSQL here');
    return new PostgresServer(found, options).launch();
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  /** Rejects when no server answers there. */
  static async ping(url: string): Promise<void> {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.end();
  }

  protected command(): ServerCommand {
    const { durable = false, args = [] } = this.server;
    const settings = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'max_connections=300',
      `fsync=${durable ? 'on' : 'off'}`,
    ];
    const all = ['-D', this.data, '-p', String(this.port), ...settings.flatMap((setting) => ['-c', setting]), ...args];
    return { file: join(this.programs.bin, 'postgres'), args: all, env: this.programs.env };
  }

  protected ping(): Promise<void> {
    return PostgresServer.ping(this.url);
  }

  protected override initialization(): ServerCommand {
    const how = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync', '--no-instructions'];
    return { file: join(this.programs.bin, 'initdb'), args: ['-D', this.data, ...how], env: this.programs.env };
  }
}
