import type { LoggerService } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ErrorSampler } from './error.sampler.js';
import { errors } from '../common/errors/errors.js';

describe(ErrorSampler.name, () => {
  const error = vi.fn<LoggerService['error']>();
  const away = errors.storeUnavailable(new Error('connection refused'));
  let log: ErrorSampler;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    log = new ErrorSampler({ error, log: vi.fn(), warn: vi.fn() });
  });
  afterEach(() => {
    vi.useRealTimers();
    error.mockReset();
  });

  const refuse = (count: number, what = away): void => {
    for (let at = 1; at <= count; at += 1) log.refused(what, `r${at}`);
  };
  const lines = (): unknown[] => error.mock.calls.map(([line]: unknown[]) => line);

  it('logs each internal error, and no error without a cause', () => {
    const cause = new Error('a bug');
    refuse(2, errors.internal(cause));
    refuse(1, errors.storeUnavailable());
    refuse(1, errors.projectExists());
    const msg = 'An internal error occurred in the proxy.';
    expect(lines()).toEqual([
      { msg, request_id: 'r1', err: cause },
      { msg, request_id: 'r2', err: cause },
    ]);
  });

  it('logs an outage once a second, with the number of errors in between', () => {
    refuse(100);
    vi.advanceTimersByTime(999);
    refuse(1);
    expect(lines()).toEqual([{ msg: away.message, request_id: 'r1', err: away.cause }]);
    vi.advanceTimersByTime(1);
    refuse(5);
    expect(lines().slice(1)).toEqual([{ msg: away.message, request_id: 'r1', err: away.cause, left_out: 100 }]);
    vi.advanceTimersByTime(1000);
    refuse(1);
    expect(lines().slice(2)).toMatchObject([{ left_out: 4 }]);
  });

  it('logs each error code on its own', () => {
    refuse(2);
    refuse(2, errors.limitsUnavailable(new Error('no Redis')));
    expect(lines()).toHaveLength(2);
  });
});
