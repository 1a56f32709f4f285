import { Option, SubCommand } from 'nest-commander';
import type { DataSource } from 'typeorm';
import { failure, usageError } from '../terminal/cli.error.js';
import { SchemaCommand } from './migrate.schema.js';
import { Prompt } from '../terminal/prompt.js';
import { SecretInput } from '../terminal/secret.input.js';
import type { DatabaseOptions } from './database.command.js';
import { Terminal } from '../terminal/terminal.js';

interface DownOptions extends DatabaseOptions {
  yes?: true;
}

@SubCommand({ name: 'down', description: 'revert the last migration and delete the data that it made room for' })
export class MigrateDown extends SchemaCommand {
  constructor(
    terminal: Terminal,
    secrets: SecretInput,
    private readonly prompt: Prompt,
  ) {
    super(terminal, secrets);
  }

  async run(_: string[], options: DownOptions): Promise<void> {
    if (!options.yes && !this.terminal.interactive)
      throw usageError('this deletes tables with their data: without a terminal to confirm on, --yes is required');
    const reverted = await this.withSchema(options, async (schema) =>
      schema.down(async (dataSource, name) => {
        await assertNoServerRuns(dataSource);
        if (options.yes) return;
        await this.confirm(name);
        await assertNoServerRuns(dataSource);
      }),
    );
    this.print(options, { reverted: reverted ?? null }, () =>
      reverted === undefined ? 'Nothing to do: no migration is applied.' : `Reverted ${reverted}.`,
    );
  }

  @Option({ flags: '--yes', description: 'do not ask for confirmation' })
  parseYes(): true {
    return true;
  }

  private async confirm(name: string): Promise<void> {
    const answer = await this.prompt.ask(
      `This reverts ${name} and deletes its tables with all data. Type yes to continue: `,
    );
    if (answer?.trim() !== 'yes') throw failure('not confirmed: nothing was done');
  }
}

/** A running server without its tables refuses requests with 503. A server that starts would create empty tables again. */
async function assertNoServerRuns(dataSource: DataSource): Promise<void> {
  const { liveReplicas } = await import('../../replicas/replica.registry.js');
  const names = await liveReplicas(dataSource);
  if (names.length > 0)
    throw failure(
      `servers use this database: stop them first (${names.join(', ')}; a killed server leaves this list after a few seconds)`,
    );
}
