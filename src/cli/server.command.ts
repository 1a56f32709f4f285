import { Command, Option } from 'nest-commander';
import type { Variables } from '../config/config.loader.js';
import { CliCommand } from './cli.command.js';
import { envVariables } from './env.variables.js';

export interface ServerOptions {
  env?: string;
  addr?: string;
  db?: string;
  logLevel?: string;
}

@Command({ name: 'server', description: 'run the proxy until SIGTERM or Ctrl-C' })
export class ServerCommand extends CliCommand {
  async run(_: string[], options: ServerOptions): Promise<void> {
    await this.serve(options);
  }

  /** Resolves when the server has drained and closed; refuses with the faults of the configuration. */
  protected async serve(options: ServerOptions): Promise<void> {
    const variables = withFlags(envVariables(options.env), options);
    // Loaded only here: the server's libraries cost more start time than a whole management call.
    const { serve } = await import('../app.server.js');
    await serve(variables);
  }

  @Option({ flags: '--env <file>', description: 'file with variables the environment does not set (default: .env)' })
  parseEnv(value: string): string {
    return value;
  }

  @Option({ flags: '--addr <host:port>', description: 'overrides LISTEN_ADDR' })
  parseAddress(value: string): string {
    return value;
  }

  @Option({ flags: '--db <file>', description: 'overrides DATABASE_PATH' })
  parseDatabase(value: string): string {
    return value;
  }

  @Option({ flags: '--log-level <level>', description: 'overrides LOG_LEVEL: trace, debug, info, warn, error, silent' })
  parseLogLevel(value: string): string {
    return value;
  }
}

/** A flag wins over the environment, and the environment over the file. */
function withFlags(variables: Variables, { addr, db, logLevel }: ServerOptions): Variables {
  const flags = Object.entries({ LISTEN_ADDR: addr, DATABASE_PATH: db, LOG_LEVEL: logLevel }).filter(
    ([, value]) => value !== undefined,
  );
  return { ...variables, ...Object.fromEntries(flags) };
}
