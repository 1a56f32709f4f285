import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Repository } from 'typeorm';
import { Clock } from '../common/values/clock.js';
import type { AppConfig } from '../config/app.config.js';
import { InFlightRegistry, type Revocable } from './in.flight.registry.js';
import type { TokenEntity } from './token.entity.js';

const HOUR_MS = 3_600_000;

function setUp(cutOn = { revoke: true, expiry: false }) {
  const row = {
    id: 'a',
    isActive: true,
    expiresAt: Date.now() + HOUR_MS,
    accountId: null as string | null,
    project: { isActive: true, deletedAt: null },
  };
  const find = vi.fn(() => Promise.resolve([{ ...row, project: { ...row.project } }]));
  const tokens = { find } as unknown as Repository<TokenEntity>;
  const live = new InFlightRegistry(tokens, new Clock(), { token: { cutOn } } as AppConfig);
  const exchange = (since = live.epoch) => ({
    handle: { token: { id: 'a', projectId: 'p' }, since, expiresAt: row.expiresAt, endsAt: live.endOf(row) },
    end: vi.fn<Revocable['end']>(),
  });
  return { row, find, live, exchange };
}

describe(InFlightRegistry.name, () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());
  const settled = () => vi.advanceTimersByTimeAsync(0);

  it('reads nothing while no token of a running exchange changes', async () => {
    const { live, find, exchange } = setUp();
    live.add(exchange());
    live.invalidate(({ id }) => id === 'b');
    await settled();
    expect(find).not.toHaveBeenCalled();
  });

  it('ends an exchange whose token is revoked, once, and none whose token is still usable', async () => {
    const { live, row, exchange } = setUp();
    const running = exchange();
    live.add(running);
    live.invalidate(() => true);
    await settled();
    expect(running.end).not.toHaveBeenCalled();
    row.isActive = false;
    live.invalidate(() => true);
    await settled();
    live.invalidate(() => true);
    await settled();
    expect(running.end.mock.calls).toEqual([[expect.objectContaining({ code: 'token_inactive' })]]);
  });

  it('ends an exchange that was admitted before a change and began after it', async () => {
    const { live, row, exchange } = setUp();
    const late = exchange();
    row.project.isActive = false;
    live.invalidate(() => true);
    await settled();
    live.add(late);
    await settled();
    expect(late.end).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'project_inactive' }));
  });

  it('ends nothing while the database is down, and reads again', async () => {
    const { live, row, find, exchange } = setUp();
    const running = exchange();
    live.add(running);
    row.isActive = false;
    find.mockRejectedValueOnce(new Error('gone'));
    live.invalidate(() => true);
    await settled();
    expect(running.end).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(250);
    expect(running.end).toHaveBeenCalledOnce();
  });

  it('ends nothing that has ended', async () => {
    const { live, row, exchange } = setUp();
    const gone = exchange();
    live.add(gone);
    row.isActive = false;
    live.invalidate(() => true);
    live.delete(gone);
    await settled();
    expect(gone.end).not.toHaveBeenCalled();
  });

  it('goes by the new expiry where expiry cuts', async () => {
    const { live, row, exchange } = setUp({ revoke: true, expiry: true });
    const running = exchange();
    live.add(running);
    row.expiresAt += HOUR_MS;
    const before = running.handle.endsAt;
    live.invalidate(() => true);
    await settled();
    expect(running.handle.endsAt - before).toBeGreaterThan(HOUR_MS - 1000);
  });

  it('knows no end by expiry where expiry does not cut', () => {
    const { live, row } = setUp();
    expect(live.endOf(row)).toBe(Infinity);
  });
});
