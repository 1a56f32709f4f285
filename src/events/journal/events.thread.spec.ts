import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsoleLogger, Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { until } from '../../../test/support/until.js';
import { EventsThread } from './events.thread.js';
import type { JournalBatch } from './journal.batch.js';
import type { WorkerSettings } from './journal.messages.js';
import { eventsWorkerFile } from './worker.file.js';

vi.mock('./worker.file.js', () => ({ eventsWorkerFile: vi.fn<() => string>() }));

/** Programs of a worker, by how they treat batches. */
const PROGRAMS = {
  stores: `
    port.on('message', (message) => {
      if (message.type === 'batch') port.postMessage({ type: 'appended', batch: message.batch.id, notices: ['n' + message.batch.id] });
      if (message.type === 'ask') port.postMessage({ type: 'answer', id: message.id, value: message.args });
      if (message.type === 'live') port.postMessage({ type: 'warning', message: message.ids.join() });
      if (message.type === 'stop') port.postMessage({ type: 'stopped' });
    });`,
  hangs: `port.on('message', (message) => message.type === 'stop' && port.postMessage({ type: 'stopped' }));`,
  dies: `port.on('message', () => process.exit(1));`,
  fails: `port.postMessage({ type: 'store', problem: 'disk full' });
    port.on('message', (message) => port.postMessage(message.type === 'ask' ? { type: 'unanswered', id: message.id } : { type: 'stopped' }));`,
};

const batch = (id: number, count = 1): JournalBatch => ({
  id,
  count,
  bytes: 100,
  text: new Uint8Array(),
  facts: new Float64Array(8),
  strings: [],
  late: [],
  open: '',
  notices: [],
});

describe(EventsThread.name, () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-thread-'));
  let durable: number[];
  let notices: string[];
  let lost: number[];
  let thread: EventsThread;
  beforeEach(() => {
    [durable, notices, lost] = [[], [], []];
    const settings = { live: ['r'] } as unknown as WorkerSettings;
    const listener = {
      onDurable: (id: number, ids: readonly string[]) => {
        durable.push(id);
        notices.push(...ids);
      },
      onLost: ({ id }: JournalBatch) => lost.push(id),
    };
    thread = new EventsThread(() => settings, 10, listener);
  });
  afterEach(async () => {
    await thread.stop(1);
  });
  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => {
    Logger.overrideLogger(new ConsoleLogger());
    rmSync(folder, { recursive: true, force: true });
  });

  function run(name: keyof typeof PROGRAMS): void {
    const file = join(folder, `${name}.cjs`);
    writeFileSync(file, `const port = require('node:worker_threads').parentPort;${PROGRAMS[name]}`);
    vi.mocked(eventsWorkerFile).mockReturnValue(file);
  }

  it('starts with the first batch, and tells what is durable', async () => {
    run('stores');
    expect(thread.isStarted).toBe(false);
    for (const id of [1, 2, 3]) thread.post(batch(id));
    await until('three batches', () => durable.length === 3);
    expect([durable, thread.dropped, thread.isFailing]).toEqual([[1, 2, 3], 0, false]);
    expect(notices).toEqual(['n1', 'n2', 'n3']);
  });

  it('copies the figures to the worker', () => {
    run('stores');
    const copied = batch(1);
    thread.post(copied);
    expect(copied.facts.buffer.detached).toBe(false);
  });

  it('stores what is pending before it stops', async () => {
    run('stores');
    for (let id = 1; id <= 100; id += 1) thread.post(batch(id, 0));
    await thread.stop();
    expect([durable.length, lost.length]).toEqual([100, 0]);
  });

  it('drops the oldest behind a worker that hangs, and never waits', async () => {
    run('hangs');
    for (let id = 1; id <= 80; id += 1) thread.post(batch(id));
    // The worker has 64, and 10 events wait.
    expect([lost, thread.dropped]).toEqual([[65, 66, 67, 68, 69, 70], 6]);
    await thread.stop(1);
    expect(thread.dropped).toBe(80);
  });

  it('starts the worker again when it dies, and counts what it had', async () => {
    run('dies');
    thread.post(batch(1, 5));
    await until('the end of the worker', () => thread.dropped === 5);
    expect([lost, thread.isFailing]).toEqual([[1], true]);
    run('stores');
    thread.post(batch(2));
    await until('a batch of a new worker', () => durable.includes(2));
    expect(thread.isFailing).toBe(false);
  });

  it('survives a thread that the system does not start, and a batch that cannot be handed over', async () => {
    vi.mocked(eventsWorkerFile).mockReturnValue('not absolute');
    thread.post(batch(1));
    expect([thread.isStarted, thread.isFailing, thread.dropped]).toEqual([false, true, 0]);
    run('stores');
    await until('the batch of a new worker', () => durable.includes(1));
    const detached = batch(2);
    structuredClone(0, { transfer: [detached.facts.buffer] });
    thread.post(detached);
    await until('the batch to be lost', () => lost.includes(2));
    thread.post(batch(3));
    await until('the batch of another worker', () => durable.includes(3));
  });

  it('asks the worker, which it starts', async () => {
    run('stores');
    expect(await thread.ask('request', ['x'])).toEqual(['x']);
  });

  it('refuses a question that is not answered, fails or has no time', async () => {
    run('fails');
    await expect(thread.ask('request', ['x'])).rejects.toMatchObject({ code: 'store_unavailable' });
    await until('the problem of the store', () => thread.isFailing);
    await thread.stop();
    await expect(thread.ask('request', ['x'])).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  it('refuses the questions of a worker that dies', async () => {
    run('dies');
    await expect(thread.ask('request', ['x'])).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  it('gives up a question after its time', async () => {
    run('hangs');
    await expect(thread.ask('status', [], 1)).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  it('does not start a worker for nothing', async () => {
    await thread.stop();
    expect(thread.isStarted).toBe(false);
  });
});
