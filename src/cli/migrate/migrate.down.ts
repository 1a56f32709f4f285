import { Option, SubCommand } from 'nest-commander';
import type { DataSource } from 'typeorm';
import { failure } from '../terminal/cli.error.js';
import { SchemaCommand } from './migrate.schema.js';
import { Consent, type ConsentOptions, YES } from '../terminal/consent.js';
import { SecretInput } from '../terminal/secret.input.js';
import type { DatabaseOptions } from './database.command.js';
import { Terminal } from '../terminal/terminal.js';

/** The time in the name of the migration that makes the audit log. */
const AUDIT_MIGRATION = 1_795_400_000_000;

type DownOptions = DatabaseOptions & ConsentOptions;

@SubCommand({ name: 'down', description: 'revert the last migration and delete the data that it made room for' })
export class MigrateDown extends SchemaCommand {
  override readonly examples = ['migrate down', 'migrate down --yes'];
  protected override readonly docs = 'docs/deployment/databases.md';

  constructor(
    terminal: Terminal,
    secrets: SecretInput,
    private readonly consent: Consent,
  ) {
    super(terminal, secrets);
  }

  async run(_: string[], options: DownOptions): Promise<void> {
    this.consent.assertPossible(options, 'this deletes tables with their data');
    const reverted = await this.withSchema(options, async (schema) =>
      schema.down(
        async (dataSource, name) => {
          await assertNoServerRuns(dataSource);
          if (timeOf(name) === AUDIT_MIGRATION) await this.showHead(dataSource);
          if (options.yes) return;
          await this.consent.ask(options, `This reverts ${name} and deletes its tables with all data.`);
          await assertNoServerRuns(dataSource);
        },
        async (dataSource, name) => this.noteRevert(options, dataSource, name),
      ),
    );
    this.print(options, { reverted: reverted ?? null }, () =>
      reverted === undefined ? 'Nothing to do: no migration is applied.' : `Reverted ${reverted}.`,
    );
  }

  /** The end of the log is the last that can be kept of it. */
  private async showHead(dataSource: DataSource): Promise<void> {
    const [head]: { seq: number | string; hash: string }[] = await dataSource.query(
      'SELECT seq, hash FROM audit_events ORDER BY seq DESC LIMIT 1',
    );
    if (head) this.terminal.note(`All ${head.seq} rows of the audit log are deleted; its last hash is ${head.hash}`);
  }

  private async noteRevert(options: DownOptions, dataSource: DataSource, name: string): Promise<void> {
    // Reverting the migration of the audit log, or an earlier one, leaves no log to write to.
    if (timeOf(name) <= AUDIT_MIGRATION) return;
    const { loadConfig } = await import('../../config/config.loader.js');
    const { CommandAudit } = await import('../../maintenance/command.audit.js');
    const { config } = loadConfig(this.variables(options));
    await new CommandAudit(dataSource, config).write('migration.down', { migrations: [name] });
  }

  @Option(YES)
  parseYes(): true {
    return true;
  }
}

const timeOf = (migration: string): number => Number(/\d+$/.exec(migration)?.[0] ?? 0);

/** A running server without its tables refuses requests with 503. A server that starts would create empty tables again. */
async function assertNoServerRuns(dataSource: DataSource): Promise<void> {
  const { liveReplicas } = await import('../../replicas/replica.registry.js');
  const names = await liveReplicas(dataSource);
  if (names.length > 0)
    throw failure(
      `servers use this database: stop them first (${names.join(', ')}; a killed server leaves this list after a few seconds)`,
    );
}
