import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StartupError } from '../../src/common/errors/startup.error.js';
import { loadConfig } from '../../src/config/config.loader.js';
import { openEventDatabase } from '../../src/events/store/event.database.open.js';
import { EVENT_SCHEMA_VERSION, eventFileOf, prepareEventDatabase } from '../../src/events/store/event.file.js';
import { MANAGEMENT_TOKEN } from '../support/app.js';

describe('the SQLite file of events', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'llm-proxy-events-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const prepare = async () =>
    prepareEventDatabase(
      loadConfig({ MANAGEMENT_TOKEN, DB_DRIVER: 'sqlite', DATABASE_PATH: join(folder, 'proxy.db') }).config.database,
    );
  const refusal = async (): Promise<string> => {
    const error: unknown = await prepare().catch((thrown: unknown) => thrown);
    return error instanceof StartupError ? error.message : String(error);
  };
  const pragma = (name: string): unknown => {
    const db = new DatabaseSync(join(folder, 'proxy.events.db'));
    const [row] = db.prepare(`PRAGMA ${name}`).all();
    db.close();
    return Object.values(row!)[0];
  };

  it('has the name of the database', () => {
    expect(['./data/proxy.db', 'proxy', '/a.b/proxy.sqlite'].map(eventFileOf)).toEqual([
      './data/proxy.events.db',
      'proxy.events.db',
      '/a.b/proxy.events.sqlite',
    ]);
  });

  it('is made with all tables, for its owner alone, and stays as it is afterwards', async () => {
    const { file } = await prepare();
    expect(readdirSync(folder)).toEqual(['proxy.events.db']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect([pragma('user_version'), pragma('auto_vacuum')]).toEqual([EVENT_SCHEMA_VERSION, 2]);
    const database = await openEventDatabase(await prepare());
    await database.execute(`INSERT INTO event_sinks (sink, registered_at) VALUES ('a', 1)`);
    await database.close();
    await prepare();
    expect(pragma('journal_mode')).toBe('wal');
    const again = await openEventDatabase(await prepare());
    expect(await again.query('SELECT sink FROM event_sinks')).toEqual([{ sink: 'a' }]);
    expect(statSync(`${file}-wal`).mode & 0o777).toBe(0o600);
    await again.close();
  });

  it('is made once when two processes begin', async () => {
    await Promise.all([prepare(), prepare().catch(() => undefined)]);
    expect(pragma('user_version')).toBe(EVENT_SCHEMA_VERSION);
    expect(readdirSync(folder)).toEqual(['proxy.events.db']);
  });

  it('replaces an empty file', async () => {
    writeFileSync(join(folder, 'proxy.events.db'), '');
    await prepare();
    expect(pragma('user_version')).toBe(EVENT_SCHEMA_VERSION);
  });

  it('is refused when it has another version, belongs to another program or is damaged', async () => {
    const { file } = await prepare();
    const set = (sql: string): void => {
      const db = new DatabaseSync(file);
      db.exec(sql);
      db.close();
    };
    set('PRAGMA user_version = 99');
    expect(await refusal()).toMatch(/proxy\.events\.db: the file has schema version 99.*start the newer program/);
    set('PRAGMA user_version = 0');
    expect(await refusal()).toMatch(/belongs to another program/);
    writeFileSync(file, 'no database at all, but long enough for a header of one hundred bytes'.repeat(4));
    expect(await refusal()).toMatch(/damaged or not a SQLite database/);
  });
});
