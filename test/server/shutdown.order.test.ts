import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.loader.js';
import { drain } from '../../src/process/server.process.js';
import { RequestCounter } from '../../src/token/ledger/request.counter.js';
import { TestApp } from '../support/app.js';

const ORDER = [
  'refuse new requests',
  'end live views',
  'finish running requests',
  'stop checking running requests',
  'stop checking deadlines',
  'stop opening the database',
  'stop looking for imported tokens',
  'stop deleting tokens',
  'stop deleting rows of the audit log',
  'stop logging the head of the audit log',
  'stop deleting sessions',
  'stop looking for warnings',
  'write counts',
  'send warnings of caps',
  'store events',
  'count refused calls',
  'stop reading changes',
  'stop answering other replicas',
  'note the stop in the audit log',
  'write the audit file',
  'leave the replica registry',
  'close upstream connections',
  'stop renewing leases',
  'close redis',
  'close the database',
  'close the port',
];

/** The steps that the log names, in its order. */
const steps = (app: TestApp, level = 'debug'): string[] =>
  app.log
    .split('\n')
    .filter((line) => line.includes('"step":'))
    .map((line) => JSON.parse(line) as { level: string; step: string })
    .filter((line) => line.level === level)
    .map(({ step }) => step);

const stop = async (app: TestApp): Promise<void> =>
  drain(app.running, loadConfig(app.variables).config, new Promise(() => undefined));

describe('the order of a stop', () => {
  it('is the same, each step once, with a drain and without', async () => {
    const drained = await TestApp.start({ LOG_LEVEL: 'debug' });
    await stop(drained);
    expect(steps(drained)).toEqual(ORDER);
    const closed = await TestApp.start({ LOG_LEVEL: 'debug' }, drained.folder);
    await closed.close();
    expect(steps(closed)).toEqual(ORDER);
  });

  it('goes on after a step that fails, and logs the failure', async () => {
    const app = await TestApp.start({ LOG_LEVEL: 'debug' });
    const counter = app.running.app.get(RequestCounter);
    const close = counter.close.bind(counter);
    counter.close = async () => {
      await close();
      throw new Error('the counts are lost');
    };
    await stop(app);
    expect(steps(app)).toEqual(ORDER);
    expect(steps(app, 'error')).toEqual(['write counts']);
    expect(app.log).toContain('the counts are lost');
    await (await TestApp.start({}, app.folder)).close();
  });
});
