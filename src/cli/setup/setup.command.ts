import { Injectable } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { CliCommand } from '../terminal/cli.command.js';
import { DEFAULT_ENV_FILE } from '../environment/env.variables.js';
import { listenUrl } from '../environment/listen.url.js';
import { nextSteps, serverCommand } from './next.steps.js';
import { currentSetup, type SetupResult, writeSetup } from './setup.file.js';
import { SetupInterview } from './setup.interview.js';
import { Terminal } from '../terminal/terminal.js';

interface SetupOptions {
  config?: string;
  addr?: string;
  db?: string;
  force?: true;
  interactive?: true;
  json?: true;
}

@Command({ name: 'setup', description: 'write a .env with fresh secrets; values that are there stay' })
@Injectable()
export class SetupCommand extends CliCommand {
  constructor(
    private readonly terminal: Terminal,
    private readonly interview: SetupInterview,
  ) {
    super();
  }

  async run(_: string[], { config = DEFAULT_ENV_FILE, addr, db, ...options }: SetupOptions): Promise<void> {
    if (options.interactive) return this.interview.run({ config, addr, db });
    const replace = options.force
      ? ([
          'MANAGEMENT_TOKEN',
          ...(addr ? ['LISTEN_ADDR' as const] : []),
          ...(db ? ['DATABASE_PATH' as const] : []),
        ] as const)
      : [];
    const result = writeSetup(config, { addr, db, replace });
    if (options.json) this.terminal.json(result);
    else this.tell(result);
  }

  private tell({ config, written }: SetupResult): void {
    this.terminal.line(
      written.length > 0
        ? `Wrote ${written.join(', ')} to ${config}, readable by you only.`
        : `${config} has everything already.`,
    );
    this.terminal.line(
      `The management token is in it as MANAGEMENT_TOKEN.\nStart the server:\n       ${serverCommand(config)}\n`,
    );
    this.terminal.line(nextSteps(listenUrl(currentSetup(config)['LISTEN_ADDR'])));
  }

  @Option({ flags: '--config <file>', description: 'the file to write (default: .env)' })
  parseConfig(value: string): string {
    return value;
  }

  @Option({ flags: '--interactive', description: 'ask for each value, then offer the first project and token' })
  parseInteractive(): true {
    return true;
  }

  @Option({ flags: '--addr <host:port>', description: 'LISTEN_ADDR (default: 127.0.0.1:8080)' })
  parseAddress(value: string): string {
    return value;
  }

  @Option({ flags: '--db <file>', description: 'DATABASE_PATH (default: ./data/proxy.db)' })
  parseDatabase(value: string): string {
    return value;
  }

  @Option({
    flags: '--force',
    description: 'renew the management token and let --addr and --db win; the encryption key always stays',
  })
  parseForce(): true {
    return true;
  }

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): true {
    return true;
  }
}
