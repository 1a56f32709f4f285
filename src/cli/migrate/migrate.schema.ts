import { SubCommand } from 'nest-commander';
import type { DatabaseConfig } from '../../config/app.config.js';
import type { Entities } from '../../database/data.source.js';
import type { SchemaStatus, DatabaseSchema } from '../../maintenance/database.schema.js';
import { failure, usageError } from '../terminal/cli.error.js';
import { DatabaseCommand, type DatabaseOptions } from './database.command.js';
import { ownCommand } from '../../common/values/own.command.js';

/** A command that works on the schema, not on rows. */
export abstract class SchemaCommand extends DatabaseCommand {
  protected async withSchema<T>(options: DatabaseOptions, work: (schema: DatabaseSchema) => Promise<T>): Promise<T> {
    const { DatabaseSchema } = await import('../../maintenance/database.schema.js');
    return this.withConfig(options, async (config, entities) => work(new DatabaseSchema(config, entities)));
  }

  protected async withConfig<T>(
    options: DatabaseOptions,
    work: (config: DatabaseConfig, entities: Entities) => Promise<T>,
  ): Promise<T> {
    const { loadConfig } = await import('../../config/config.loader.js');
    const { ENTITIES } = await import('../../app.entities.js');
    return work(loadConfig(this.variables(options)).config.database, ENTITIES);
  }
}

@SubCommand({ name: 'up', description: 'apply pending migrations; a server does this when it starts' })
export class MigrateUp extends SchemaCommand {
  override readonly examples = ['migrate up'];
  protected override readonly docs = 'docs/deployment/databases.md';

  async run(_: string[], options: DatabaseOptions): Promise<void> {
    const applied = await this.withSchema(options, async (schema) => schema.up());
    this.print(options, { applied }, () =>
      applied.length === 0 ? 'Nothing to do: the schema is current.' : `Applied ${applied.join(', ')}.`,
    );
  }
}

@SubCommand({ name: 'status', description: 'show the version of the schema; exit code 1 if it is not current' })
export class MigrateStatus extends SchemaCommand {
  override readonly examples = ['migrate status', 'migrate status --json'];
  protected override readonly docs = 'docs/deployment/databases.md';

  async run(_: string[], options: DatabaseOptions): Promise<void> {
    const status = await this.withSchema(options, async (schema) => schema.status());
    this.print(options, view(status), text);
    if (!status.isCurrent) throw failure(`the schema is not current: run ${ownCommand('migrate up')}`);
  }
}

@SubCommand({
  name: 'rebuild',
  description: 'copy a SQLite file of an older version into a current one; the old file is kept',
})
export class MigrateRebuild extends SchemaCommand {
  override readonly examples = ['migrate rebuild --db ./data/proxy.db'];
  protected override readonly docs = 'docs/deployment/databases.md';

  async run(_: string[], options: DatabaseOptions): Promise<void> {
    const { rebuildSqlite } = await import('../../maintenance/sqlite.rebuild.js');
    const result = await this.withConfig(options, async (config, entities) => {
      if (config.driver !== 'sqlite')
        throw usageError(`only a SQLite file can be rebuilt; DB_DRIVER is ${config.driver}`);
      return rebuildSqlite(config, entities);
    });
    this.print(options, { ...result, kept: result.kept ?? null }, ({ from, to, rows, kept }) => {
      if (kept === null) return `Nothing to do: the file already has version ${to}.`;
      const copied = Object.entries(rows).map(([table, count]) => `${table} ${count}`);
      return `Rebuilt from version ${from} to ${to}: ${copied.join(', ')}.\nThe old file is kept at ${kept}`;
    });
  }
}

interface StatusView {
  driver: string;
  current: boolean;
  version?: number;
  applied: string[];
  pending: string[];
}

const view = ({ isCurrent, ...status }: SchemaStatus): StatusView => ({ ...status, current: isCurrent });

function text({ driver, version, applied, pending }: StatusView): string {
  if (version !== undefined) return `${driver}: version ${version}`;
  return [
    `${driver}: ${applied.length} applied, ${pending.length} pending`,
    ...applied.map((name) => `applied  ${name}`),
    ...pending.map((name) => `pending  ${name}`),
  ].join('\n');
}
