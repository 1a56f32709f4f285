import { Option, SubCommand } from 'nest-commander';
import type { DataSource } from 'typeorm';
import { failed, usage } from '../terminal/cli.error.js';
import { SchemaCommand } from './migrate.schema.js';
import { Prompt } from '../terminal/prompt.js';
import { SecretInput } from '../terminal/secret.input.js';
import type { DatabaseOptions } from './database.command.js';
import { Terminal } from '../terminal/terminal.js';

interface DownOptions extends DatabaseOptions {
  yes?: true;
}

@SubCommand({ name: 'down', description: 'take the last migration back, with the data that it made room for' })
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
      throw usage('this deletes tables and what is in them: say --yes, where nobody can be asked');
    const taken = await this.withSchema(options, async (schema) =>
      schema.down(async (dataSource, name) => {
        await assertNobodyServes(dataSource);
        if (options.yes) return;
        await this.confirm(name);
        await assertNobodyServes(dataSource);
      }),
    );
    this.print(options, { reverted: taken ?? null }, () =>
      taken === undefined ? 'Nothing to do: no migration was applied.' : `Reverted ${taken}.`,
    );
  }

  @Option({ flags: '--yes', description: 'do not ask' })
  parseYes(): true {
    return true;
  }

  private async confirm(name: string): Promise<void> {
    const answer = await this.prompt.ask(`This takes ${name} back and deletes its tables with all data. Type yes: `);
    if (answer?.trim() !== 'yes') throw failed('nothing was done');
  }
}

/** A server whose tables go away answers 503 at best; one that starts makes them anew, and empty. */
async function assertNobodyServes(dataSource: DataSource): Promise<void> {
  const { liveReplicas } = await import('../../replicas/replica.registry.js');
  const names = await liveReplicas(dataSource);
  if (names.length > 0)
    throw failed(
      `servers use this database: stop them first (${names.join(', ')}; one that was killed is forgotten in seconds)`,
    );
}
