import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../../src/database/sqlite/sqlite.schema.js';
import { TestApp, type TokenAnswer } from '../support/app.js';
import { envFile, migrate } from '../support/env.file.js';
import { downgradeToVersionOne } from '../support/sqlite.version.one.js';

const MAIN = new URL('../../dist/src/main.js', import.meta.url).pathname;
const TOKENS = 30_000;
const KILLS = 6;
/** Less than the new file has in the end, so that no kill comes too late. */
const MOST_WRITTEN = 6_000_000;

describe('migrate rebuild', () => {
  let app: TestApp;
  let token: TokenAnswer;
  let path: string;

  beforeAll(async () => {
    app = await TestApp.start();
    token = await app.token();
    path = app.variables['DATABASE_PATH']!;
    await app.close(true);
    downgradeToVersionOne(path);
    fill();
  });
  afterAll(() => app.close());

  /** Copies of the one token there is. */
  function fill(): void {
    const db = new DatabaseSync(path);
    const row = db.prepare('SELECT * FROM tokens').get()!;
    const columns = Object.keys(row);
    const insert = db.prepare(`INSERT INTO tokens (${columns.join()}) VALUES (${columns.map(() => '?').join()})`);
    db.exec('BEGIN');
    for (let i = 1; i < TOKENS; i += 1)
      insert.run(...Object.values({ ...row, id: randomUUID(), secret_hash: `sha256:${i}` }));
    db.exec('COMMIT');
    db.close();
  }

  function state(): unknown {
    const db = new DatabaseSync(path);
    try {
      return {
        ...db.prepare('PRAGMA user_version').get(),
        ...db.prepare('PRAGMA quick_check(1)').get(),
        ...db.prepare('SELECT count(*) AS tokens FROM tokens').get(),
      };
    } finally {
      db.close();
    }
  }

  const written = (): number => statSync(`${path}.rebuilding`, { throwIfNoEntry: false })?.size ?? -1;

  async function killedAfter(bytes: number, env: string): Promise<unknown> {
    const child = spawn(process.execPath, [MAIN, 'migrate', 'rebuild', '--env', env], { env: {}, stdio: 'ignore' });
    const ended = once(child, 'exit');
    while (child.exitCode === null && written() < bytes) await turn();
    child.kill('SIGKILL');
    return (await ended)[1];
  }

  it(`leaves the older file as it was, killed ${KILLS} times, and is done the next time`, async () => {
    const env = envFile(app.variables);
    for (let kill = 0; kill < KILLS; kill += 1) {
      expect(await killedAfter((MOST_WRITTEN / KILLS) * kill, env.path)).toBe('SIGKILL');
      expect(state()).toEqual({ user_version: 1, quick_check: 'ok', tokens: TOKENS });
    }
    env.remove();
    expect((await migrate(['rebuild'], app.variables)).code).toBe(0);
    expect(state()).toEqual({ user_version: SCHEMA_VERSION, quick_check: 'ok', tokens: TOKENS });
    expect(readdirSync(app.folder).filter((name) => name.includes('rebuilding'))).toEqual([]);
    app = await TestApp.start(app.variables, app.folder);
    expect((await app.tokenById(token.id)).id).toBe(token.id);
  });
});
