import { Injectable } from '@nestjs/common';
import { Option } from 'nest-commander';
import { CliCommand } from '../terminal/cli.command.js';
import { type AccessOptions, ManagementAccess } from './management.access.js';
import type { ManagementClient } from './management.client.js';
import { ManageInput } from './manage.input.js';
import { wholeNumber } from '../terminal/option.values.js';
import { confirmationText, WAIT_REPLICAS } from './replica.wait.js';
import { type Screen, Terminal } from '../terminal/terminal.js';

export interface ManageOptions extends AccessOptions {
  json?: true;
  /** Only of lists. */
  wide?: true;
}

/** Makes the text for a person. On a screen it may ask the server for more, such as names. */
export type Format<T> = (value: T, screen: Screen, client: ManagementClient) => string | Promise<string>;

/** A command that calls the management API and prints the response. */
@Injectable()
export abstract class ManageCommand extends CliCommand {
  constructor(
    protected readonly terminal: Terminal,
    protected readonly access: ManagementAccess,
    protected readonly input: ManageInput,
  ) {
    super();
  }

  /** Connects, calls and prints: the response itself with `--json`, else what `format` makes of it. */
  protected async callAndPrint<T>(
    options: ManageOptions,
    call: (client: ManagementClient) => Promise<T>,
    format: Format<T>,
  ): Promise<T> {
    const client = await this.access.connect(options);
    const value = await call(client);
    if (options.json) this.terminal.json(value);
    else this.terminal.line(await format(value, this.terminal.screen(options), client));
    if (client.warning !== undefined) this.terminal.warn(client.warning);
    if (options.waitReplicas) this.terminal.note(confirmationText(client.confirmation));
    return value;
  }

  @Option({
    flags: '--manage-api-base-url <url>',
    description: 'base URL of the server (default: derived from LISTEN_ADDR, else http://localhost:8080)',
  })
  parseBaseUrl(value: string): string {
    return value;
  }

  @Option({
    flags: '--management-token-file <path>',
    description:
      'file with the management token or the credential of an operator, or - to read a line from standard input (default: MANAGEMENT_TOKEN)',
  })
  parseTokenFile(value: string): string {
    return value;
  }

  @Option({
    flags: '--env <file>',
    description: 'variables file; the environment takes precedence (default: .env)',
  })
  parseEnv(value: string): string {
    return value;
  }

  @Option({ flags: '--json', description: 'print JSON' })
  parseJson(): true {
    return true;
  }
}

/** A command that changes a row which replicas may have cached. */
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

/** A command that lists all entries, or one page of them. */
@Injectable()
export abstract class ListCommand extends ManageCommand {
  @Option({ flags: '--page <n>', description: 'show only this page; the first page is 1' })
  parsePage(value: string): number {
    return wholeNumber('--page', value, 1);
  }

  @Option({ flags: '--page-size <n>', description: 'entries per page (default: 500)' })
  parsePageSize(value: string): number {
    return wholeNumber('--page-size', value, 1);
  }

  @Option({ flags: '--wide', description: 'print full values at a terminal, as into a pipe' })
  parseWide(): true {
    return true;
  }
}
