import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { loadConfig } from '../../src/config/config.loader.js';
import type { Variables } from '../../src/config/values/variables.js';
import { openForMaintenance } from '../../src/database/data.source.js';
import { Migrator } from '../../src/database/migrator.js';
import { openEventDatabase } from '../../src/events/store/event.database.open.js';
import { prepareEventDatabase } from '../../src/events/store/event.file.js';
import { EventStore } from '../../src/events/store/event.store.js';
import { dispatch } from '../../src/process/dispatcher.process.js';
import type { StopSignals } from '../../src/process/stop.signals.js';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN } from '../support/app.js';
import { onEveryStore } from '../support/databases.js';
import { until } from '../support/until.js';
import { draftOf, eventOf, SETTINGS } from './generated.events.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** Signals that a test gives. */
function testSignals(): { signals: StopSignals; stop: () => void } {
  const first = Promise.withResolvers<string>();
  const signals = { first: first.promise, second: new Promise(() => undefined), fail: () => undefined };
  return { signals, stop: () => first.resolve('SIGTERM') };
}

onEveryStore('the dispatcher', (store) => {
  const prepared = async () => {
    const { variables, drop } = await store.fresh();
    const folder = mkdtempSync(join(tmpdir(), 'dispatcher-'));
    const file = join(folder, 'events.jsonl');
    const all: Variables = {
      ...variables,
      MANAGEMENT_TOKEN,
      ENCRYPTION_KEY,
      LOG_LEVEL: 'silent',
      DISPATCHER_SERVICES: 'file',
      SINK_FILE_PATH: file,
    };
    const { database: config } = loadConfig(all).config;
    if (store.driver !== 'sqlite') {
      const maintenance = await openForMaintenance(config, []);
      await new Migrator(maintenance).up();
      await maintenance.destroy();
    }
    const database = await openEventDatabase(await prepareEventDatabase(config));
    const events = new EventStore(database, SETTINGS);
    const identity = { replica: randomUUID(), epoch: 1 };
    await events.open(identity.replica);
    const sinks = () => database.query<{ sink: string; holder: string | null }>('SELECT sink, holder FROM event_sinks');
    return {
      variables: all,
      file,
      sinks,
      registered: (sink: string) =>
        until(`the sink ${sink}`, async () => (await sinks()).some((row) => row.sink === sink)),
      publish: (...numbers: number[]) =>
        events.append(
          draftOf(
            identity,
            numbers.map((n) => eventOf(n)),
          ),
        ),
      drop: async () => {
        await database.close();
        await drop();
        rmSync(folder, { recursive: true });
      },
    };
  };
  const linesOf = (file: string): string[] =>
    existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];

  it('registers its sinks, delivers beside a server, and gives the lease back at a signal', async () => {
    const { variables, file, sinks, registered, publish, drop } = await prepared();
    const { signals, stop } = testSignals();
    const running = dispatch(variables, signals);
    await registered('file');
    await publish(1, 2, 3);
    await until('three lines', () => linesOf(file).length === 3);
    stop();
    await running;
    expect(await sinks()).toEqual([{ sink: 'file', holder: null }]);

    await publish(4);
    const again = testSignals();
    const next = dispatch(variables, again.signals);
    await until('what came in between', () => linesOf(file).length === 4);
    again.stop();
    await next;
    await drop();
  });

  it('sends a notice when a sink is broken', async () => {
    const { variables, file, registered, publish, drop } = await prepared();
    const { signals, stop } = testSignals();
    const server = await import('../support/sink.server.js').then(({ SinkServer }) => SinkServer.start());
    server.answer = 401;
    const running = dispatch(
      { ...variables, DISPATCHER_SERVICES: 'file,webhook', SINK_WEBHOOK_URL: server.url, SINK_WEBHOOK_SECRET: SECRET },
      signals,
    );
    await registered('webhook');
    await registered('file');
    await publish(1);
    await until('the notice', () => linesOf(file).some((line) => line.includes('"type":"sink.broken"')));
    stop();
    await running;
    await server.close();
    expect(linesOf(file).filter((line) => line.includes('"type":"sink.broken"'))).toHaveLength(1);
    await drop();
  });

  it.skipIf(inject('redis') === null)('delivers through the stream in Redis', async () => {
    const { variables, file, registered, publish, drop } = await prepared();
    const { signals, stop } = testSignals();
    const REDIS_STREAM_KEY = `events-${randomUUID()}`;
    const redis = { REDIS_URL: inject('redis')!, LLM_PROXY_EVENT_BUS: 'redis-streams', REDIS_STREAM_KEY };
    const running = dispatch({ ...variables, ...redis }, signals);
    await registered('redis');
    await until('the lines', async () => {
      if (linesOf(file).length === 0) await publish(1);
      return linesOf(file).length > 0;
    });
    stop();
    await running;
    expect(JSON.parse(linesOf(file)[0]!)).toMatchObject({ kind: 'request' });
    await drop();
  });

  it.each<[Variables, RegExp]>([
    [{ DISPATCHER_SERVICES: '' }, /DISPATCHER_SERVICES is required/],
    [{ DISPATCHER_SERVICES: 'lunary' }, /SINK_LUNARY_API_KEY is required/],
    [{ LLM_PROXY_EVENT_BUS: 'in-memory' }, /LLM_PROXY_EVENT_BUS=in-memory keeps events in the server/],
    [{ LLM_PROXY_EVENT_BUS: 'redis-streams' }, /REDIS_URL is required/],
  ])('refuses %o', async (wrong, line) => {
    const { variables, drop } = await prepared();
    await expect(dispatch({ ...variables, ...wrong }, testSignals().signals)).rejects.toThrow(line);
    await drop();
  });
});
