import { type LookupFunction, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AddressRace } from './address.race.js';

const lookupOf =
  (...addresses: string[]): LookupFunction =>
  (_name, _options, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

describe(AddressRace.name, () => {
  const opened = new Map<string, Socket>();
  const done = vi.fn<(error: Error | undefined, socket: Socket | undefined) => void>();
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    opened.clear();
    done.mockReset();
  });

  function race(...addresses: string[]): AddressRace {
    const open = (address: string): Socket => {
      opened.set(address, new Socket());
      return opened.get(address)!;
    };
    const started = new AddressRace(open, done);
    started.start('a.test', lookupOf(...addresses));
    return started;
  }
  const connect = (address: string): boolean => opened.get(address)!.emit('connect');
  const fail = (address: string, code: string): boolean =>
    opened.get(address)!.emit('error', Object.assign(new Error(code), { code }));

  it('goes on with a slow address while the other family has no route', () => {
    race('10.0.0.1', 'fd00::1');
    expect([...opened.keys()]).toEqual(['10.0.0.1']);
    vi.advanceTimersByTime(250);
    fail('fd00::1', 'ENETUNREACH');
    vi.advanceTimersByTime(60_000);
    expect(done).not.toHaveBeenCalled();
    connect('10.0.0.1');
    expect(done).toHaveBeenCalledExactlyOnceWith(undefined, opened.get('10.0.0.1'));
  });

  it('tries the next address 250 ms later, takes the first that responds, and closes the others', () => {
    race('10.0.0.1', '10.0.0.2', '10.0.0.3');
    vi.advanceTimersByTime(250);
    expect([...opened.keys()]).toEqual(['10.0.0.1', '10.0.0.2']);
    connect('10.0.0.2');
    vi.advanceTimersByTime(1000);
    expect(done).toHaveBeenCalledExactlyOnceWith(undefined, opened.get('10.0.0.2'));
    expect([opened.size, opened.get('10.0.0.1')!.destroyed, opened.get('10.0.0.2')!.destroyed]).toEqual([
      2,
      true,
      false,
    ]);
  });

  it('tries the next address at once after a failure', () => {
    race('10.0.0.1', '10.0.0.2');
    fail('10.0.0.1', 'ECONNREFUSED');
    connect('10.0.0.2');
    expect(done).toHaveBeenCalledExactlyOnceWith(undefined, opened.get('10.0.0.2'));
  });

  it('lets the families take turns', () => {
    race('fd00::1', 'fd00::2', '10.0.0.1', '10.0.0.2', '10.0.0.3');
    vi.advanceTimersByTime(2000);
    expect([...opened.keys()]).toEqual(['fd00::1', '10.0.0.1', 'fd00::2', '10.0.0.2', '10.0.0.3']);
  });

  it('fails once, with the reason that says most, after all addresses failed', () => {
    race('fd00::1', '10.0.0.1', 'fd00::2');
    fail('fd00::1', 'ENETUNREACH');
    fail('10.0.0.1', 'ECONNREFUSED');
    fail('fd00::2', 'ENETUNREACH');
    expect(done).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'ECONNREFUSED' }), undefined);
  });

  it('fails when the name has no address, and connects to nothing', () => {
    race();
    expect(done).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'ENOTFOUND' }), undefined);
    expect(opened.size).toBe(0);
  });

  it('closes all its sockets and reports nothing once it is cancelled', () => {
    const started = race('10.0.0.1', '10.0.0.2', '10.0.0.3');
    vi.advanceTimersByTime(250);
    started.cancel();
    vi.advanceTimersByTime(1000);
    fail('10.0.0.1', 'ECONNRESET');
    connect('10.0.0.2');
    expect([...opened.values()].every(({ destroyed }) => destroyed)).toBe(true);
    expect([opened.size, done.mock.calls.length]).toEqual([2, 0]);
  });
});
