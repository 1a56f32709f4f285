import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findChromium, findServer, provideServices, type ServiceEntry } from './services.js';

async function run(services: Record<string, ServiceEntry>, environment: Record<string, string> = {}) {
  const provided: Record<string, string | null> = {};
  const printed: string[] = [];
  const provide = (name: string, value: string | null): void => void (provided[name] = value);
  const stop = await provideServices(services, { environment, provide, print: (line) => void printed.push(line) });
  return { provided, printed: printed.join(''), stop };
}

describe('provideServices', () => {
  const stopped: string[] = [];
  const present = (value: string): ServiceEntry => ({
    find: () => ({ value, stop: () => Promise.resolve(void stopped.push(value)) }),
    install: 'unused',
  });
  const absent: ServiceEntry = { find: () => null, install: 'apt-get install it' };

  it('hands out what is there and stops it in reverse order', async () => {
    const { provided, printed, stop } = await run({ one: present('1'), two: present('2') }, { CI: 'true' });
    expect({ provided, printed }).toEqual({ provided: { one: '1', two: '2' }, printed: '' });
    await stop();
    expect(stopped.splice(0)).toEqual(['2', '1']);
  });

  it('fails when one named does not work, having stopped the others', async () => {
    const broken: ServiceEntry = { find: () => Promise.reject(new Error('no answer')), install: 'unused' };
    await expect(run({ one: present('1'), broken, two: present('2') })).rejects.toThrow('no answer');
    expect(stopped.splice(0)).toEqual(['2', '1']);
  });

  it('announces what is missing and gives null', async () => {
    const { provided, printed } = await run({ it: absent });
    expect(provided).toEqual({ it: null });
    expect(printed).toContain('NOT TESTED, service missing: it (apt-get install it)');
  });

  it('fails a CI run that lacks one, having stopped the others', async () => {
    await expect(run({ one: present('1'), it: absent }, { CI: 'true' })).rejects.toThrow('service missing: it');
    expect(stopped.splice(0)).toEqual(['1']);
  });

  it('announces an optional one that is missing, also in a CI run', async () => {
    const { provided, printed } = await run({ it: { ...absent, optional: true } }, { CI: 'true' });
    expect(provided).toEqual({ it: null });
    expect(printed).toContain('NOT TESTED, service missing: it');
  });
});

describe('findChromium', () => {
  it('takes the named file and refuses one that cannot be run', () => {
    expect(findChromium({ CHROMIUM_PATH: process.execPath })).toEqual({ value: process.execPath });
    const missing = join(import.meta.dirname, 'no-such-browser');
    expect(() => findChromium({ CHROMIUM_PATH: missing })).toThrow('CHROMIUM_PATH names no executable file');
  });
});

describe('findServer', () => {
  const answers = 'store://answers';
  const kind = {
    isInstalled: () => false,
    start: () => Promise.reject(new Error('started')),
    ping: (url: string) => (url === answers ? Promise.resolve() : Promise.reject(new Error('refused'))),
  };
  const find = findServer('TEST_STORE_URL', kind);

  it('takes the one named, starts none and stops none', async () => {
    expect(await find({ TEST_STORE_URL: answers })).toEqual({ value: answers });
  });

  it('refuses one named that does not answer, though another could be started', async () => {
    const installed = findServer('TEST_STORE_URL', { ...kind, isInstalled: () => true });
    const named = Promise.resolve(installed({ TEST_STORE_URL: 'store://gone' }));
    await expect(named).rejects.toThrow('TEST_STORE_URL names a server that does not answer');
  });

  it('starts one when none is named, and finds none on a machine without', async () => {
    const installed = findServer('TEST_STORE_URL', { ...kind, isInstalled: () => true });
    await expect(Promise.resolve(installed({ TEST_STORE_URL: '' }))).rejects.toThrow('started');
    expect(await find({})).toBeNull();
  });
});
