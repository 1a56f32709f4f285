import { DataSource } from 'typeorm';
import { expect, it } from 'vitest';
import { ENTITIES as OTHERS } from '../../src/app.entities.js';
import { loadConfig } from '../../src/config/config.loader.js';
import { dataSourceOptions, openForMaintenance } from '../../src/database/data.source.js';
import { Migrator } from '../../src/database/migrator.js';
import { MIGRATIONS } from '../../src/database/migration.lists.js';
import { mysqlOptions } from '../../src/database/pools/mysql.options.js';
import { EVENT_ENTITIES } from '../../src/events/store/entities/event.entities.js';
import { EventBodyEntity } from '../../src/events/store/entities/event.body.entity.js';
import { EventDeadEntity } from '../../src/events/store/entities/event.dead.entity.js';
import { EventSegmentEntity } from '../../src/events/store/entities/event.segment.entity.js';
import { LabelEntity } from '../../src/project/labels/label.entity.js';
import { ProjectEntity } from '../../src/project/project.entity.js';
import { TokenEntity } from '../../src/token/token.entity.js';
import { AnswerEntity } from '../../src/reporting/streams/answer.entity.js';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { onServers } from '../support/databases.js';

const ENTITIES = [...OTHERS, ...EVENT_ENTITIES];

const configOf = (variables: Record<string, string | undefined>) =>
  loadConfig({ MANAGEMENT_TOKEN, ...variables }).config.database;

onServers('the migrations', (store) => {
  it('make exactly what the entities describe, and take all of it back', async () => {
    const { variables, drop } = await store.fresh();
    const config = configOf(variables);
    const patient = await openForMaintenance(config, ENTITIES);
    // For MariaDB, TypeORM compares columns rightly only when it is called that.
    const compared =
      store.driver === 'postgres'
        ? patient
        : await new DataSource({
            ...dataSourceOptions(config),
            type: 'mariadb',
            entities: ENTITIES,
            extra: mysqlOptions(config),
          } as never).initialize();
    // Entities cannot describe this, which only PostgreSQL has: a comparison by bytes, in ranges.
    if (store.driver === 'postgres')
      for (const [entity, column] of [
        [ProjectEntity, 'apiKey'],
        [TokenEntity, 'secretHash'],
        [TokenEntity, 'nameLower'],
        [LabelEntity, 'label'],
      ] as const)
        compared.getMetadata(entity).findColumnWithPropertyName(column)!.collation = 'C';
    // Nor this: `text` of MySQL ends at 64 KiB.
    if (store.driver === 'mysql')
      for (const [entity, column] of [
        [EventSegmentEntity, 'body'],
        [EventSegmentEntity, 'opened'],
        [EventBodyEntity, 'request'],
        [EventBodyEntity, 'response'],
        [EventDeadEntity, 'line'],
        [AnswerEntity, 'body'],
      ] as const)
        compared.getMetadata(entity).findColumnWithPropertyName(column)!.type = 'longtext';
    const drift = async () => (await compared.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);
    try {
      expect((await drift()).length).toBeGreaterThan(5);
      const migrator = new Migrator(patient);
      const all = MIGRATIONS[store.driver as 'postgres' | 'mysql'].map(({ name }) => name);
      expect(await migrator.up()).toEqual(all);
      expect(await migrator.up()).toEqual([]);
      expect(await drift()).toEqual([]);
      expect(await migrator.status()).toEqual({ applied: all, pending: [] });
      for (const name of all.toReversed()) expect(await migrator.down()).toBe(name);
      expect(await migrator.down()).toBeUndefined();
      expect(await migrator.status()).toEqual({ applied: [], pending: all });
      expect((await drift()).length).toBeGreaterThan(5);
      expect(await migrator.up()).toEqual(all);
    } finally {
      await patient.destroy();
      if (compared !== patient) await compared.destroy();
      await drop();
    }
  });

  it('leave nothing to warn of for tokens that ended long ago, and look at the others', async () => {
    const { variables, drop } = await store.fresh();
    const dataSource = await openForMaintenance(configOf(variables), ENTITIES);
    const migrator = new Migrator(dataSource);
    const [now, day] = [Date.now(), 86_400_000];
    const insert = async (id: string, isActive: boolean, expiresAt: number) =>
      dataSource.query(
        `INSERT INTO tokens (id, project_id, name, secret_hash, secret_display, is_active, expires_at, created_at)
         VALUES ('${id}', 'p', ${id === 'live' ? "'Nightly JOB'" : 'NULL'}, '${id}', '', ${isActive}, ${expiresAt}, 0)`,
      );
    try {
      await migrator.up();
      while ((await migrator.status()).applied.some((name) => name.startsWith('Operators'))) await migrator.down();
      await dataSource.query(
        "INSERT INTO projects (id, name, api_key, api_key_display, base_url, is_active, created_at, updated_at) VALUES ('p', 'p', '', '', '', TRUE, 0, 0)",
      );
      await insert('live', true, now + day);
      await insert('long', true, now - 2 * day);
      await insert('new', true, now - day / 2);
      await insert('revoked', false, now + day);
      await migrator.up();
      const rows = await dataSource.getRepository(TokenEntity).find({ order: { id: 'ASC' } });
      const never = Number.MAX_SAFE_INTEGER;
      expect(rows.map(({ id, nameLower, warnAt, warnCount }) => [id, nameLower, warnAt, warnCount])).toEqual([
        ['live', 'nightly job', 0, 0],
        ['long', null, never, never],
        ['new', null, 0, 0],
        ['revoked', null, never, never],
      ]);
    } finally {
      await dataSource.destroy();
      await drop();
    }
  });

  it.skipIf(store.driver === 'postgres')('run again when the last one was killed before it was recorded', async () => {
    const { variables, drop } = await store.fresh();
    const dataSource = await openForMaintenance(configOf(variables), ENTITIES);
    try {
      const migrator = new Migrator(dataSource);
      const last = (await migrator.up()).at(-1)!;
      await dataSource.query('DELETE FROM migrations WHERE name = ?', [last]);
      expect(await migrator.up()).toEqual([last]);
    } finally {
      await dataSource.destroy();
      await drop();
    }
  });
});
