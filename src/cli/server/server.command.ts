import { Command, Option } from 'nest-commander';
import { CliCommand } from '../terminal/cli.command.js';
import { envVariables } from '../environment/env.variables.js';
import { serveWith, type ServerFlags } from './serve.js';

export type ServerOptions = ServerFlags;

@Command({ name: 'server', description: 'run the proxy until SIGTERM or Ctrl-C' })
export class ServerCommand extends CliCommand {
  override readonly examples: readonly string[] = ['server', 'server --env /etc/llm-proxy.env --addr 127.0.0.1:8080'];
  protected override readonly docs = 'docs/getting-started/configuration.md';

  async run(_: string[], options: ServerOptions): Promise<void> {
    await this.serve(options);
  }

  /** Resolves when the server has drained and closed. Throws when the configuration is refused. */
  protected async serve(options: ServerOptions): Promise<void> {
    await serveWith(envVariables(options.env), options);
  }

  @Option({
    flags: '--env <file>',
    description: 'variables file; the environment takes precedence (default: .env)',
  })
  parseEnv(value: string): string {
    return value;
  }

  @Option({ flags: '--addr <host:port>', description: 'address to listen on; overrides LISTEN_ADDR' })
  parseAddress(value: string): string {
    return value;
  }

  @Option({ flags: '--db <file>', description: 'SQLite file; overrides DATABASE_PATH' })
  parseDatabase(value: string): string {
    return value;
  }

  @Option({ flags: '--log-level <level>', description: 'overrides LOG_LEVEL: trace, debug, info, warn, error, silent' })
  parseLogLevel(value: string): string {
    return value;
  }

  @Option({ flags: '--log-file <file>', description: 'file for the log; overrides LOG_FILE' })
  parseLogFile(value: string): string {
    return value;
  }
}
