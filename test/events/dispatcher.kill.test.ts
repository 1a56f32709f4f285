import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.loader.js';
import { openForMaintenance } from '../../src/database/data.source.js';
import { Migrator } from '../../src/database/migrator.js';
import type { EventDatabase } from '../../src/events/store/event.database.js';
import { openEventDatabase } from '../../src/events/store/event.database.open.js';
import { prepareEventDatabase } from '../../src/events/store/event.file.js';
import { EventStore } from '../../src/events/store/event.store.js';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN } from '../support/app.js';
import { onEveryStore } from '../support/databases.js';
import { SinkServer } from '../support/sink.server.js';
import { until } from '../support/until.js';
import { draftOf, eventOf, SETTINGS } from './generated.events.js';

const LAUNCHER = new URL('../../bin/llm-proxy.cjs', import.meta.url).pathname;
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const KILLS = 3;
const BATCHES = 30;
const PER_BATCH = 20;

onEveryStore('a dispatcher that is killed', (store) => {
  it('loses no event, and repeats some with the same id', async () => {
    const { variables, drop } = await store.fresh();
    const folder = mkdtempSync(join(tmpdir(), 'dispatcher-'));
    const file = join(folder, 'events.jsonl');
    const server = await SinkServer.start();
    const { database: config } = loadConfig({ MANAGEMENT_TOKEN, ...variables }).config;
    if (store.driver !== 'sqlite') {
      const maintenance = await openForMaintenance(config, []);
      await new Migrator(maintenance).up();
      await maintenance.destroy();
    }
    const database = await openEventDatabase(await prepareEventDatabase(config));
    const events = new EventStore(database, SETTINGS);
    const identity = { replica: randomUUID(), epoch: 1 };
    await events.open(identity.replica);

    // Refuses, and stores without an answer, in turns.
    let turn = 0;
    server.answer = (_request, response) => {
      turn += 1;
      if (turn % 5 === 0) response.socket!.destroy();
      else response.writeHead(turn % 3 === 0 ? 503 : 200).end();
    };
    const run = (): ChildProcess =>
      startDispatcher({
        ...variables,
        DISPATCHER_SERVICES: 'file,webhook',
        SINK_FILE_PATH: file,
        SINK_WEBHOOK_URL: server.url,
        SINK_WEBHOOK_SECRET: SECRET,
      });
    let dispatcher = run();
    await until('the sinks', async () => (await pendingOf(database)).length === 2, 20_000);

    const ids: string[] = [];
    for (let batch = 0; batch < BATCHES; batch += 1) {
      const generated = Array.from({ length: PER_BATCH }, (_, at) => eventOf(batch * PER_BATCH + at));
      await events.append(draftOf(identity, generated));
      if (batch % Math.ceil(BATCHES / KILLS) === 5) {
        const received = server.requests.length;
        await until('deliveries before the kill', () => server.requests.length > received, 20_000);
        dispatcher.kill('SIGKILL');
        await once(dispatcher, 'exit');
        await database.execute('UPDATE event_sinks SET held_until = 1');
        dispatcher = run();
      }
    }
    const rows = await database.query<{ body: string }>('SELECT body FROM event_segments ORDER BY id');
    for (const { body } of rows) ids.push(...idsOf(body.split('\n')));
    await until('an empty outbox', async () => (await pendingOf(database)).every((pending) => pending === 0), 60_000);
    dispatcher.kill('SIGTERM');
    const [code] = (await once(dispatcher, 'exit')) as [number | null];

    const posted = server.requests.flatMap(({ body }) =>
      (JSON.parse(body.toString()) as { events: { id: string }[] }).events.map(({ id }) => id),
    );
    expect(code).toBe(0);
    expect(ids).toHaveLength(BATCHES * PER_BATCH);
    expect(new Set(posted)).toEqual(new Set(ids));
    expect(new Set(idsOf(readFileSync(file, 'utf8').trimEnd().split('\n')))).toEqual(new Set(ids));
    await database.close();
    await server.close();
    await drop();
    rmSync(folder, { recursive: true });
  });
});

const idsOf = (lines: readonly string[]): string[] => lines.map((line) => (JSON.parse(line) as { id: string }).id);

async function pendingOf(database: EventDatabase): Promise<number[]> {
  const rows = await database.query<{ pending: number }>(
    'SELECT count(p.segment_id) AS pending FROM event_sinks k LEFT JOIN event_pending p ON p.sink = k.sink GROUP BY k.sink',
  );
  return rows.map(({ pending }) => pending);
}

function startDispatcher(variables: Record<string, string | undefined>): ChildProcess {
  const env = { PATH: process.env['PATH'], MANAGEMENT_TOKEN, ENCRYPTION_KEY, LOG_LEVEL: 'error', ...variables };
  const child = spawn(process.execPath, [LAUNCHER, 'dispatcher'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  // A test that fails must not leave it behind.
  child.unref();
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}
