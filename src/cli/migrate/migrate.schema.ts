import { SubCommand } from 'nest-commander';
import type { DatabaseConfig } from '../../config/app.config.js';
import type { Entities } from '../../database/data.source.js';
import type { SchemaStatus, DatabaseSchema } from '../../maintenance/database.schema.js';
import type { Rebuilt } from '../../maintenance/sqlite.rebuild.js';
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
    if (applied.length > 0) await this.note(options, 'migration.up', { migrations: applied });
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
    const isOld = status.events !== undefined && !status.events.isCurrent;
    const command = ownCommand(isOld ? 'migrate rebuild' : 'migrate up');
    if (!status.isCurrent) throw failure(`the schema is not current: run ${command}`);
  }
}

@SubCommand({
  name: 'rebuild',
  description: 'copy SQLite files of an older version into current ones; the old files are kept',
})
export class MigrateRebuild extends SchemaCommand {
  override readonly examples = ['migrate rebuild --db ./data/proxy.db'];
  protected override readonly docs = 'docs/deployment/databases.md';

  async run(_: string[], options: DatabaseOptions): Promise<void> {
    const { rebuildSqlite } = await import('../../maintenance/sqlite.rebuild.js');
    const { rebuildEvents } = await import('../../maintenance/event.rebuild.js');
    const [main, events] = await this.withConfig(options, async (config, entities) => {
      if (config.driver !== 'sqlite')
        throw usageError(`only a SQLite file can be rebuilt; DB_DRIVER is ${config.driver}`);
      return [await rebuildSqlite(config, entities), await rebuildEvents(config)] as const;
    });
    if (main.kept !== undefined || events?.kept !== undefined)
      await this.note(options, 'migration.up', { ...factsOf(main), events: events ? factsOf(events) : null });
    const shown = { ...rebuiltView(main), events: events ? rebuiltView(events) : null };
    this.print(options, shown, (all) =>
      [rebuiltText('the file', all), ...(all.events ? [rebuiltText('the file of events', all.events)] : [])].join('\n'),
    );
  }
}

type RebuiltView = Omit<Rebuilt, 'kept'> & { kept: string | null };

const factsOf = ({ from, to, rows }: Rebuilt): { from: number; to: number; rows: Record<string, number> } => ({
  from,
  to,
  rows,
});

const rebuiltView = (rebuilt: Rebuilt): RebuiltView => ({ ...rebuilt, kept: rebuilt.kept ?? null });

function rebuiltText(what: string, { from, to, rows, kept }: RebuiltView): string {
  if (kept === null) return `Nothing to do: ${what} already has version ${to}.`;
  const copied = Object.entries(rows).map(([table, count]) => `${table} ${count}`);
  return `Rebuilt ${what} from version ${from} to ${to}: ${copied.join(', ')}.\nThe old file is kept at ${kept}`;
}

interface StatusView {
  driver: string;
  current: boolean;
  version?: number;
  events?: { path: string; version: number; current: boolean; bytes: number; segments: number };
  applied: string[];
  pending: string[];
}

function view({ isCurrent, events, ...status }: SchemaStatus): StatusView {
  if (!events) return { ...status, current: isCurrent };
  const { isCurrent: current, ...file } = events;
  return { ...status, current: isCurrent, events: { ...file, current } };
}

function text({ driver, version, events, applied, pending }: StatusView): string {
  if (version !== undefined) return `${driver}: version ${version}\n${eventsText(events!)}`;
  return [
    `${driver}: ${applied.length} applied, ${pending.length} pending`,
    ...applied.map((name) => `applied  ${name}`),
    ...pending.map((name) => `pending  ${name}`),
  ].join('\n');
}

const eventsText = ({ path, version, current, bytes, segments }: NonNullable<StatusView['events']>): string =>
  version === 0 && current
    ? `events: ${path} does not exist yet: a start creates it`
    : `events: version ${version}, ${bytes} bytes, ${segments} segments, ${path}`;
