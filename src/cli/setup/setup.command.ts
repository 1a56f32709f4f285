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

@Command({ name: 'setup', description: 'write a .env with fresh secrets; existing values are kept' })
@Injectable()
export class SetupCommand extends CliCommand {
  override readonly examples = ['setup', 'setup --interactive', 'setup --config /etc/llm-proxy.env --addr :8080'];
  protected override readonly docs = 'docs/getting-started/index.md';

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
    else this.printResult(result);
  }

  private printResult({ config, written }: SetupResult): void {
    this.terminal.line(
      written.length > 0
        ? `Wrote ${written.join(', ')} to ${config}, readable by you only.`
        : `${config} has all values already.`,
    );
    this.terminal.line(
      `MANAGEMENT_TOKEN in that file is the credential for the management API.\nStart the server:\n       ${serverCommand(config)}\n`,
    );
    this.terminal.line(nextSteps(config, listenUrl(currentSetup(config)['LISTEN_ADDR'])));
  }

  @Option({ flags: '--config <file>', description: 'file to write (default: .env)' })
  parseConfig(value: string): string {
    return value;
  }

  @Option({ flags: '--interactive', description: 'ask for each value, then offer to create a first project and token' })
  parseInteractive(): true {
    return true;
  }

  @Option({ flags: '--addr <host:port>', description: 'address to listen on, LISTEN_ADDR (default: 127.0.0.1:8080)' })
  parseAddress(value: string): string {
    return value;
  }

  @Option({ flags: '--db <file>', description: 'SQLite file, DATABASE_PATH (default: ./data/proxy.db)' })
  parseDatabase(value: string): string {
    return value;
  }

  @Option({
    flags: '--force',
    description:
      'replace the management token, and the values given by --addr and --db; the encryption key is always kept',
  })
  parseForce(): true {
    return true;
  }

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): true {
    return true;
  }
}
