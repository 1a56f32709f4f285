import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { OwnServer, type ServerCommand, type ServerOptions } from './own.server.js';
import { findProgram } from './programs.js';

/** MariaDB, with the character set that Debian gives it and a small log, so that it is made fast. */
export class MariadbServer extends OwnServer {
  private constructor(
    private readonly programs: { server: string; install: string },
    private readonly server: ServerOptions,
  ) {
    super('mariadb', 'SIGTERM');
  }

  static isInstalled(): boolean {
    return findPrograms() !== null;
  }

  static async start(options: ServerOptions = {}): Promise<MariadbServer> {
    const programs = findPrograms();
    if (programs === null) throw new Error('no mariadbd here');
    return new MariadbServer(programs, options).launch();
  }

  get url(): string {
    return `mysql://root@127.0.0.1:${this.port}/mysql`;
  }

  /** Rejects when no server answers there. */
  static async ping(url: string): Promise<void> {
    const connection = await createConnection(url);
    await connection.query('SELECT 1');
    await connection.end();
  }

  protected command(): ServerCommand {
    const { durable = false, args = [] } = this.server;
    return {
      file: this.programs.server,
      args: [
        ...this.storage(),
        '--bind-address=127.0.0.1',
        `--port=${this.port}`,
        `--socket=${join(this.folder, 'socket')}`,
        '--skip-name-resolve',
        '--max-connections=300',
        '--character-set-server=utf8mb4',
        // 2: a commit is with the kernel, and so outlives the process.
        `--innodb-flush-log-at-trx-commit=${durable ? 1 : 2}`,
        ...args,
      ],
    };
  }

  protected ping(): Promise<void> {
    return MariadbServer.ping(this.url);
  }

  protected override initialization(): ServerCommand {
    const how = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'];
    return { file: this.programs.install, args: [...this.storage(), ...how] };
  }

  private storage(): string[] {
    return ['--no-defaults', `--datadir=${this.data}`, '--innodb-log-file-size=8M'];
  }
}

function findPrograms(): { server: string; install: string } | null {
  const server = findProgram(['mariadbd']);
  const install = findProgram(['mariadb-install-db']);
  return server === null || install === null ? null : { server, install };
}
