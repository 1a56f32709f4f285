import { Injectable } from '@nestjs/common';
import { Option } from 'nest-commander';
import { CliCommand } from '../terminal/cli.command.js';
import { type AccessOptions, ManagementAccess } from './management.access.js';
import type { ManagementClient } from './management.client.js';
import { wholeNumber } from '../terminal/option.values.js';
import { outcome, WAIT_REPLICAS } from './replica.wait.js';
import { SecretInput } from '../terminal/secret.input.js';
import { Terminal } from '../terminal/terminal.js';

export interface ManageOptions extends AccessOptions {
  json?: true;
}

/** A command that makes a call to the management API and prints its answer. */
@Injectable()
export abstract class ManageCommand extends CliCommand {
  constructor(
    protected readonly terminal: Terminal,
    private readonly access: ManagementAccess,
    protected readonly secrets: SecretInput,
  ) {
    super();
  }

  /** Connects, calls, prints: the answer itself with `--json`, else what `show` makes of it. */
  protected async answer<T>(
    options: ManageOptions,
    call: (client: ManagementClient) => Promise<T>,
    show: (value: T) => string,
  ): Promise<void> {
    const client = await this.access.connect(options);
    const value = await call(client);
    if (options.json) this.terminal.json(value);
    else this.terminal.line(show(value));
    if (options.waitReplicas) this.terminal.note(outcome(client.confirmation));
  }

  @Option({
    flags: '--manage-api-base-url <url>',
    description: 'the server (default: where LISTEN_ADDR says, else http://localhost:8080)',
  })
  parseBaseUrl(value: string): string {
    return value;
  }

  @Option({
    flags: '--management-token-file <path>',
    description: 'file with the management token, - for a line of standard input (default: MANAGEMENT_TOKEN)',
  })
  parseTokenFile(value: string): string {
    return value;
  }

  @Option({ flags: '--env <file>', description: 'file with variables the environment does not set (default: .env)' })
  parseEnv(value: string): string {
    return value;
  }

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): true {
    return true;
  }
}

/** A command that changes what replicas know from before. */
@Injectable()
export abstract class ReplicatedCommand extends ManageCommand {
  @Option(WAIT_REPLICAS)
  parseWaitReplicas(): true {
    return true;
  }
}

export interface ListOptions extends ManageOptions {
  page?: number;
  pageSize?: number;
}

/** A command that lists: everything, or one page. */
@Injectable()
export abstract class ListCommand extends ManageCommand {
  @Option({ flags: '--page <n>', description: 'only this page, from 1' })
  parsePage(value: string): number {
    return wholeNumber('--page', value, 1);
  }

  @Option({ flags: '--page-size <n>', description: 'entries a page' })
  parsePageSize(value: string): number {
    return wholeNumber('--page-size', value, 1);
  }
}
