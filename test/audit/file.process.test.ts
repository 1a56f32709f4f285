import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { ENTITIES } from '../../src/app.entities.js';
import { lineOf } from '../../src/audit/row/audit.line.js';
import { storedRow } from '../../src/audit/row/stored.row.js';
import { COLUMNS } from '../../src/audit/row/audit.columns.js';
import { loadConfig } from '../../src/config/config.loader.js';
import type { Variables } from '../../src/config/values/variables.js';
import { openDatabase } from '../../src/maintenance/open.database.js';
import { MANAGEMENT_TOKEN, UPSTREAM_KEY } from '../support/app.js';
import { linesOf } from '../support/audit.lines.js';
import { BuiltServer } from '../support/built.server.js';
import { freshFile, freshPostgres, type FreshStore } from '../support/databases.js';
import { until } from '../support/until.js';

const KILLS = 3;

describe.skipIf(process.platform === 'win32')('AUDIT_LOG_FILE of a process', { timeout: 90_000 }, () => {
  let folder: string;
  let path: string;
  let database: FreshStore;
  const servers: BuiltServer[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'llm-proxy-audit-'));
    path = join(folder, 'audit.log');
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop('SIGKILL');
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(variables: Variables = {}): Promise<BuiltServer> {
    const server = await BuiltServer.start({ AUDIT_LOG_FILE: path, ...database.variables, ...variables });
    servers.push(server);
    return server;
  }

  /** The status; undefined when the server has ended meanwhile. */
  async function create({ port }: BuiltServer): Promise<number | undefined> {
    const answer = await fetch(`http://127.0.0.1:${port}/manage/projects`, {
      method: 'POST',
      headers: { authorization: `Bearer ${MANAGEMENT_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: randomUUID(), api_key: UPSTREAM_KEY }),
    }).catch(() => undefined);
    return answer?.status;
  }

  async function rows(): Promise<string[]> {
    const { config } = loadConfig({ MANAGEMENT_TOKEN, ...database.variables });
    const source = await openDatabase(config.database, ENTITIES);
    const found: Record<string, unknown>[] = await source.query(
      `SELECT ${COLUMNS.join(', ')} FROM audit_events ORDER BY seq`,
    );
    await source.destroy();
    return found.map((columns) => lineOf(storedRow(columns)));
  }

  it('has each row once after kills in the middle of writing', async () => {
    database = await freshFile();
    const variables = { AUDIT_LOG_MAX_SIZE: '6KB', AUDIT_LOG_MAX_FILES: '999' };
    for (let kill = 0; kill < KILLS; kill += 1) {
      const server = await start(variables);
      let acknowledged = 0;
      const work = async (): Promise<void> => {
        while ((await create(server)) === 201) acknowledged += 1;
      };
      const working = Promise.all([1, 2, 3, 4].map(work));
      await until('it has written', () => acknowledged >= 10 * (kill + 1));
      await server.stop('SIGKILL');
      await working;
    }
    const last = await start(variables);
    expect(await create(last)).toBe(201);
    await last.stop();
    expect(linesOf(path)).toEqual(await rows());
    const unknown = linesOf(path).filter((line) => line.includes('"last_stop":"unknown"'));
    expect(unknown).toHaveLength(KILLS);
    expect(linesOf(path).at(-1)).toContain('"reason":"SIGTERM"');
  });

  it('is begun anew after a tool has renamed it, and SIGHUP stops nothing', async () => {
    database = await freshFile();
    const server = await start({ AUDIT_LOG_MAX_SIZE: '0' });
    expect(await create(server)).toBe(201);
    await until('there is a line', () => existsSync(path) && statSync(path).size > 0);
    renameSync(path, `${path}.1`);
    server.process.kill('SIGHUP');
    expect(await create(server)).toBe(201);
    await until('the new file has the row', () => existsSync(path) && linesOf(path).length >= 3);
    await server.stop();
    expect(linesOf(path)).toEqual(await rows());
  });

  it.skipIf(inject('postgres') === null)('of several workers is written by one of them', async () => {
    database = await freshPostgres(inject('postgres')!);
    const server = await start({ WORKERS: '2' });
    const statuses = await Promise.all(Array.from({ length: 12 }, async () => create(server)));
    expect(new Set(statuses)).toEqual(new Set([201]));
    await server.stop();
    const next = await start();
    await until('all rows are there', async () => linesOf(path).length >= (await rows()).length);
    expect(linesOf(path)).toEqual(await rows());
    await next.stop();
    expect(linesOf(path).filter((line) => line.includes('"server.start"'))).toHaveLength(3);
  });
});
