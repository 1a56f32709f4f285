import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../config/config.loader.js';
import type { Notice } from '../../events/event/proxy.event.js';
import { Notices } from '../../events/journal/notices.js';
import { PROBE_EVERY_MS, UpstreamBreaker } from './upstream.breaker.js';

const ORIGIN = 'https://api.openai.com';

describe(UpstreamBreaker, () => {
  let breaker: UpstreamBreaker;
  const sent: Notice[] = [];
  const notices = new Notices('r', (notice) => {
    sent.push(notice);
    return Promise.resolve('first');
  });
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    breaker = new UpstreamBreaker(
      loadConfig({ MANAGEMENT_TOKEN: 'm', UPSTREAM_BREAKER_FAILURES: '3' }).config,
      notices,
    );
  });
  afterEach(() => vi.useRealTimers());

  const isOpen = (origin = ORIGIN, project = 'a'): boolean => {
    try {
      breaker.assertMayPass(origin, project);
      return false;
    } catch {
      return true;
    }
  };
  const fail = (times: number) => {
    for (let i = 0; i < times; i += 1) breaker.failed(ORIGIN, 'a');
  };

  it('opens after so many failures in a row, and not before', () => {
    fail(2);
    expect(isOpen()).toBe(false);
    fail(1);
    expect(isOpen()).toBe(true);
  });

  it('tells operators once that it has opened', () => {
    fail(5);
    const subject = expect.stringMatching(
      /^breaker\.opened:a:https:\/\/api\.openai\.com:\d{4}-\d\d-\d\dT\d\d$/,
    ) as string;
    expect(sent).toMatchObject([{ id: subject, type: 'breaker.opened', project_id: 'a' }]);
  });

  it('counts only failures in a row', () => {
    fail(2);
    breaker.succeeded(ORIGIN, 'a');
    fail(2);
    expect(isOpen()).toBe(false);
  });

  it('leaves other projects and other origins alone', () => {
    fail(3);
    expect(isOpen(ORIGIN, 'b')).toBe(false);
    expect(isOpen('https://other.example', 'a')).toBe(false);
  });

  it('says when to come back, and lets one probe through then', () => {
    fail(3);
    vi.advanceTimersByTime(PROBE_EVERY_MS - 1200);
    expect(() => breaker.assertMayPass(ORIGIN, 'a')).toThrow(
      expect.objectContaining({ code: 'upstream_unavailable', retryAfterMs: 1200 }),
    );
    vi.advanceTimersByTime(1200);
    expect([isOpen(), isOpen(), isOpen()]).toEqual([false, true, true]);
    vi.advanceTimersByTime(PROBE_EVERY_MS);
    expect(isOpen()).toBe(false);
    breaker.succeeded(ORIGIN, 'a');
    expect([isOpen(), isOpen()]).toEqual([false, false]);
  });

  it('stays shut for good when it is switched off', () => {
    breaker = new UpstreamBreaker(
      loadConfig({ MANAGEMENT_TOKEN: 'm', UPSTREAM_BREAKER_FAILURES: '0' }).config,
      notices,
    );
    fail(100);
    expect(isOpen()).toBe(false);
  });
});
