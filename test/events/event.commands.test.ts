import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dispatcherVariables } from '../../src/cli/server/dispatcher.command.js';
import { loadConfig } from '../../src/config/config.loader.js';
import { OutboxBus } from '../../src/events/store/bus/outbox.bus.js';
import { openEventDatabase } from '../../src/events/store/event.database.open.js';
import { prepareEventDatabase } from '../../src/events/store/event.file.js';
import { EventStore } from '../../src/events/store/event.store.js';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { cli, cliTyped } from '../support/cli.run.js';
import { freshFile } from '../support/databases.js';
import { until } from '../support/until.js';
import { draftOf, eventOf, SETTINGS } from './generated.events.js';

describe('llm-proxy events', () => {
  const prepared = async () => {
    const { variables, drop } = await freshFile();
    process.env['MANAGEMENT_TOKEN'] = MANAGEMENT_TOKEN;
    const path = variables['DATABASE_PATH']!;
    const { database: config } = loadConfig({ MANAGEMENT_TOKEN, ...variables }).config;
    const database = await openEventDatabase(await prepareEventDatabase(config));
    const store = new EventStore(database, SETTINGS);
    const identity = { replica: randomUUID(), epoch: 1 };
    await store.open(identity.replica);
    onTestFinished(async () => {
      delete process.env['MANAGEMENT_TOKEN'];
      await database.close();
      await drop();
    });
    const events = async (...words: string[]) => cli(['events', ...words, '--db', path]);
    const publish = async (...numbers: number[]) =>
      store.append(
        draftOf(
          identity,
          numbers.map((n) => eventOf(n)),
        ),
      );
    return { path, bus: new OutboxBus(database, 'test'), publish, events };
  };

  it('lists, replays and drops dead events', async () => {
    const { bus, publish, events } = await prepared();
    await bus.register('webhook');
    expect(await events('dead', 'list')).toMatchObject({ code: 0, stdout: 'No dead events.\n' });
    await publish(1, 2);
    const [batch] = await bus.claim('webhook', 1);
    const dead = batch!.lines.map((line) => ({
      eventId: (JSON.parse(line) as { id: string }).id,
      line,
      reason: 'HTTP 400',
      tries: 1,
    }));
    await bus.bury('webhook', dead);
    await bus.acknowledge('webhook', batch!);

    expect((await events('dead', 'list', '--sink', 'webhook')).stdout).toContain('HTTP 400');
    const listed = JSON.parse((await events('dead', 'list', '--limit', '1', '--json')).stdout) as object[];
    expect(listed).toMatchObject([{ sink: 'webhook', reason: 'HTTP 400', tries: 1 }]);
    expect(await events('sinks', 'list', '--json')).toMatchObject({ code: 0 });
    expect((await events('sinks', 'list')).stdout).toMatch(/webhook +0 +- +2/);

    expect(await events('dead', 'replay')).toMatchObject({ code: 2 });
    expect(await events('dead', 'replay', 'x', '--all')).toMatchObject({ code: 2 });
    expect((await events('dead', 'replay', dead[0]!.eventId)).stdout).toBe('1 event will be delivered again.\n');
    expect((await bus.claim('webhook', 8)).flatMap(({ lines }) => lines)).toEqual([dead[0]!.line]);

    expect(await events('dead', 'drop', '--all')).toMatchObject({ code: 2 });
    expect((await events('dead', 'drop', '--all', '--yes')).stdout).toBe('1 event deleted.\n');
    expect((await events('dead', 'list', '--json')).stdout).toBe('[]\n');
  });

  it('removes a sink after a confirmation', async () => {
    const { path, bus, publish, events } = await prepared();
    expect((await events('sinks', 'list')).stdout).toBe('No sink is registered.\n');
    await bus.register('lunary');
    await publish(1);
    expect((await events('sinks', 'list')).stdout).toMatch(/lunary +1 +\d+ s +0/);
    expect(await events('sinks', 'remove', 'lunary')).toMatchObject({ code: 2 });
    const typed = await cliTyped(['events', 'sinks', 'remove', 'lunary', '--db', path], { 'Type lunary': 'lunary\n' });
    expect(typed).toMatchObject({ code: 0 });
    expect(await bus.claim('lunary', 8)).toEqual([]);
    expect(await events('sinks', 'remove', 'lunary', '--yes')).toMatchObject({ code: 1 });
  });

  it('follows what is stored', async () => {
    const { publish, events } = await prepared();
    let isDone = false;
    const json = events('tail', '--count', '1', '--json').finally(() => (isDone = true));
    const text = events('tail', '--count', '1');
    await until('a followed event', async () => {
      await publish(1);
      return isDone;
    });
    expect(JSON.parse((await json).stdout.split('\n')[0]!)).toMatchObject({ kind: 'request' });
    expect((await text).stdout).toMatch(/^\d{4}-\S+ {2}/);
  });

  it('refuses a database that is not there', async () => {
    process.env['MANAGEMENT_TOKEN'] = MANAGEMENT_TOKEN;
    onTestFinished(() => void delete process.env['MANAGEMENT_TOKEN']);
    expect(await cli(['events', 'sinks', 'list', '--db', '/no/such/proxy.db'])).toMatchObject({ code: 78 });
  });
});

describe(dispatcherVariables.name, () => {
  it('prefers a flag to every variable of the same meaning', () => {
    const variables = { DISPATCHER_SERVICES: 'lunary', SINK_FILE_PATH: 'a', LOG_LEVEL: 'info' };
    expect(
      dispatcherVariables(variables, {
        service: 'file',
        endpoint: 'b',
        batchSize: '10',
        logLevel: 'debug',
        db: 'x.db',
      }),
    ).toEqual({
      DISPATCHER_SERVICES: 'file',
      SINK_FILE_PATH: 'b',
      LOG_LEVEL: 'debug',
      DISPATCHER_BATCH_SIZE: '10',
      DATABASE_PATH: 'x.db',
    });
    expect(dispatcherVariables(variables, { apiKey: 'k' })).toMatchObject({ SINK_LUNARY_API_KEY: 'k' });
    expect(dispatcherVariables({}, { service: 'file,otlp', endpoint: 'b' })).toMatchObject({
      DISPATCHER_ENDPOINT: 'b',
    });
  });
});
