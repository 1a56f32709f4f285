import { randomUUID } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ENTITIES } from '../../src/app.entities.js';
import { loadConfig } from '../../src/config/config.loader.js';
import { FAILURE_ENDS } from '../../src/events/event/failure.ends.js';
import { OutboxBus } from '../../src/events/store/bus/outbox.bus.js';
import { openEventDatabase } from '../../src/events/store/event.database.open.js';
import { EVENT_SCHEMA_VERSION, eventFileOf, prepareEventDatabase } from '../../src/events/store/event.file.js';
import { EventStore } from '../../src/events/store/event.store.js';
import { openOrCreate } from '../../src/maintenance/create.database.js';
import { rebuildEvents } from '../../src/maintenance/event.rebuild.js';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { freshFile } from '../support/databases.js';
import { envFile, migrate } from '../support/env.file.js';
import { cli } from '../support/cli.run.js';
import type { Finding } from '../../src/cli/doctor/finding.js';
import { draftOf, eventOf, SETTINGS } from './generated.events.js';

const NEWER = EVENT_SCHEMA_VERSION + 1;

describe('the file of events, to commands', () => {
  /** Both files, with three events and a sink that none of them has reached. */
  async function prepared() {
    const { variables, drop } = await freshFile();
    onTestFinished(drop);
    const config = loadConfig({ MANAGEMENT_TOKEN, ...variables }).config.database;
    await (await openOrCreate(config, ENTITIES)).destroy();
    const database = await openEventDatabase(await prepareEventDatabase(config));
    const store = new EventStore(database, SETTINGS);
    const bus = new OutboxBus(database, 'test');
    const replica = randomUUID();
    await bus.register('webhook');
    const identity = { replica, epoch: await store.open(replica) };
    await store.append(
      draftOf(
        identity,
        [1, 2, 3].map((n) => eventOf(n)),
      ),
    );
    await store.close();
    return { variables, config, database, bus, file: eventFileOf(config.path) };
  }
  const rowsOf = (file: string, table: string): unknown[] => {
    const db = new DatabaseSync(file, { readOnly: true });
    const rows = db.prepare(`SELECT * FROM ${table}`).all();
    db.close();
    return rows;
  };
  const run = (file: string, sql: string): void => {
    const db = new DatabaseSync(file);
    db.exec(sql);
    db.close();
  };
  const pragma = (file: string, name: string): unknown => {
    const db = new DatabaseSync(file, { readOnly: true });
    const row = db.prepare(`PRAGMA ${name}`).get()!;
    db.close();
    return row[name];
  };

  it('is rebuilt for a newer schema with all its rows, and the old file is kept', async () => {
    const { config, database, file } = await prepared();
    await database.close();
    const tables = [
      'event_segments',
      'event_marks',
      'event_pending',
      'event_sinks',
      'usage_quarters',
      'usage_projects',
    ];
    const before = tables.map((table) => rowsOf(file, table));
    const done = await rebuildEvents(config, NEWER);
    expect(done).toMatchObject({
      from: EVENT_SCHEMA_VERSION,
      to: NEWER,
      rows: { event_segments: 1, event_pending: 1 },
    });
    expect(tables.map((table) => rowsOf(file, table))).toEqual(before);
    expect(tables.map((table) => rowsOf(done!.kept!, table))).toEqual(before);
    expect(['user_version', 'auto_vacuum', 'journal_mode'].map((name) => pragma(file, name))).toEqual([
      NEWER,
      2,
      'wal',
    ]);
    expect([pragma(done!.kept!, 'user_version'), statSync(file).mode & 0o777]).toEqual([EVENT_SCHEMA_VERSION, 0o600]);
    expect(await rebuildEvents(config, NEWER)).toEqual({ from: NEWER, to: NEWER, rows: {} });
  });

  it('of version 1 has no ends in its sums, and gets those by project', async () => {
    const { config, database, file } = await prepared();
    await database.close();
    const byProject = rowsOf(file, 'usage_projects');
    const ended = FAILURE_ENDS.map((end) => `ALTER TABLE usage_quarters DROP COLUMN ended_${end};`).join(' ');
    run(file, `${ended} DROP TABLE usage_projects; PRAGMA user_version = 1`);
    const before = rowsOf(file, 'usage_quarters');
    const done = (await rebuildEvents(config))!;
    expect([done.from, done.to, done.rows['usage_quarters']]).toEqual([1, EVENT_SCHEMA_VERSION, before.length]);
    const none = Object.fromEntries(FAILURE_ENDS.map((end) => [`ended_${end}`, 0]));
    expect(rowsOf(file, 'usage_quarters')).toEqual(before.map((row) => ({ ...(row as object), ...none })));
    expect(byProject.length).toBeGreaterThan(0);
    expect(rowsOf(file, 'usage_projects')).toEqual(byProject.map((row) => ({ ...(row as object), ...none })));
  });

  it('of an older layout gets the columns and tables that it lacks', async () => {
    const { config, database, file } = await prepared();
    await database.close();
    run(file, 'ALTER TABLE event_segments DROP COLUMN opened; DROP TABLE event_dead');
    const { rows } = (await rebuildEvents(config, NEWER))!;
    expect(rows).not.toHaveProperty('event_dead');
    expect([rowsOf(file, 'event_segments'), rowsOf(file, 'event_dead')]).toEqual([
      [expect.objectContaining({ opened: null, events: 3 })],
      [],
    ]);
  });

  it('gives no identity a second time after it was rebuilt without its rows', async () => {
    const { config, database, file } = await prepared();
    await database.close();
    run(file, 'DELETE FROM event_segments; DELETE FROM event_pending');
    await rebuildEvents(config, NEWER);
    run(file, `INSERT INTO event_segments VALUES (NULL, 'r', 1, 9, 1, 0, 0, 0, 0, 0, NULL, '', NULL)`);
    expect(rowsOf(file, 'event_segments')).toEqual([expect.objectContaining({ id: 2 })]);
  });

  it('is not rebuilt while a dispatcher has it open, and there is nothing to do without a file', async () => {
    const { config, database, file } = await prepared();
    await expect(rebuildEvents(config, NEWER)).rejects.toMatchObject({
      exitCode: 78,
      problems: [expect.stringMatching(/another program has locked the file/)],
    });
    expect(readdirSync(dirname(file)).filter((name) => name.includes('rebuilding') || name.includes('.v1-'))).toEqual(
      [],
    );
    await database.close();
    expect(await rebuildEvents({ ...config, path: `${config.path}.none` })).toBeUndefined();
  });

  it('is shown by migrate status and rebuild, and refused when it is not current', async () => {
    const { variables, database, file } = await prepared();
    await database.close();
    const shown = { path: file, version: EVENT_SCHEMA_VERSION, current: true, segments: 1, bytes: expect.any(Number) };
    const status = await migrate(['status', '--json'], variables);
    expect([status.code, JSON.parse(status.stdout)]).toEqual([
      0,
      expect.objectContaining({ current: true, events: shown }),
    ]);
    expect((await migrate(['status'], variables)).stdout).toMatch(
      /^sqlite: version \d+\nevents: version 2, \d+ bytes, 1 segments/,
    );
    expect((await migrate(['rebuild'], variables)).stdout).toMatch(
      /the file already.*\n.*the file of events already has version 2/,
    );
    run(file, 'PRAGMA user_version = 9');
    const newer = await migrate(['status', '--json'], variables);
    expect([newer.code, JSON.parse(newer.stdout)]).toMatchObject([1, { current: false, events: { version: 9 } }]);
    for (const command of ['up', 'rebuild'])
      expect(await migrate([command], variables)).toMatchObject({
        code: 78,
        stderr: expect.stringMatching(/version 9/),
      });
  });

  it('is shown by doctor, which warns when events wait for a sink that no process serves', async () => {
    const { variables, database, bus, file } = await prepared();
    const env = envFile({ ...variables, LISTEN_ADDR: '127.0.0.1:0', OPENAI_API_URL: 'http://127.0.0.1:1' });
    onTestFinished(env.remove);
    const events = async (): Promise<Finding[]> => {
      const { stdout } = await cli(['doctor', '--env', env.path, '--json']);
      return (JSON.parse(stdout) as { checks: Finding[] }).checks.filter(({ check }) => check === 'events');
    };
    expect(await events()).toMatchObject([
      {
        status: 'ok',
        detail: expect.stringMatching(
          /version 2, \d+ bytes, 1 segments; requests are kept for 24 h, waiting events for 168 h/,
        ),
      },
      { status: 'warn', detail: expect.stringMatching(/^3 events wait for webhook, .* no process serves it/) },
    ]);
    await bus.claim('webhook', 1);
    expect(await events()).toMatchObject([{ status: 'ok' }]);
    await bus.release('webhook');
    expect(await events()).toHaveLength(2);
    await database.close();
    run(file, 'PRAGMA user_version = 9');
    expect(await events()).toMatchObject([{ status: 'fail', advice: expect.stringContaining('migrate rebuild') }]);
  });
});
