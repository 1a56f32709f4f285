import { describe, expect, it } from 'vitest';
import { passedDeadline, type Wait } from './deadlines.js';

const LIMITS = {
  headersTimeoutMs: 10,
  idleTimeoutMs: 20,
  clientStallMs: 30,
  webSocketIdleMs: 40,
  maxDurationMs: 1000,
  maxRequestBytes: 0,
};

describe(passedDeadline.name, () => {
  it.each<[Wait['for'], number, string, string]>([
    ['response_head', 10, 'upstream_timeout', 'upstream_timeout'],
    ['upstream', 20, 'upstream_timeout', 'upstream_timeout'],
    ['client', 30, 'client', 'request_timeout'],
    ['frame', 40, 'limit', 'websocket_idle'],
  ])('bounds the wait for %s to its limit', (what, limit, end, code) => {
    const wait: Wait = { for: what, since: 100 };
    expect(passedDeadline(0, wait, LIMITS, 100 + limit)).toBeUndefined();
    expect(passedDeadline(0, wait, LIMITS, 101 + limit)).toMatchObject({ end, error: { code } });
  });

  it('bounds the whole exchange, whatever it waits for', () => {
    expect(passedDeadline(0, undefined, LIMITS, 1000)).toBeUndefined();
    expect(passedDeadline(0, undefined, LIMITS, 1001)?.end).toBe('upstream_timeout');
    expect(passedDeadline(0, { for: 'client', since: 1001 }, LIMITS, 1001)?.end).toBe('upstream_timeout');
  });
});
