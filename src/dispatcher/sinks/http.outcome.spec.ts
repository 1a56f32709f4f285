import { describe, expect, it } from 'vitest';
import { faultOf, outcomeOf, retryAfterMs } from './http.outcome.js';

describe(outcomeOf.name, () => {
  it.each<[string, number[]]>([
    ['taken', [200, 201, 202, 204, 299]],
    ['retry', [408, 425, 429, 500, 502, 503, 504, 599]],
    ['broken', [301, 302, 307, 401, 403, 404, 405, 410, 415]],
    ['refused', [400, 413, 422]],
  ])('is %s for %j', (kind, statuses) => {
    expect(statuses.map((status) => outcomeOf(status).kind)).toEqual(statuses.map(() => kind));
  });

  it('has the wait that the sink asks for', () => {
    expect(outcomeOf(503, { 'retry-after': '2' })).toEqual({ kind: 'retry', reason: 'HTTP 503', afterMs: 2000 });
  });
});

describe(retryAfterMs.name, () => {
  const now = Date.parse('2026-11-28T10:00:00Z');
  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '99999999' }, 3_600_000],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    [{ 'retry-after': 'Sat, 28 Nov 2026 10:00:03 GMT' }, 3000],
    [{ 'retry-after': 'Sat, 28 Nov 2020 10:00:03 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-1e9' }, undefined],
  ])('of %o is %s', (headers, ms) => {
    expect(retryAfterMs(headers, now)).toBe(ms);
  });
});

describe(faultOf.name, () => {
  it('is the code, without the message', () => {
    const error = Object.assign(new Error('connect to https://user:secret@host failed'), { code: 'ECONNREFUSED' });
    expect(faultOf(error)).toBe('ECONNREFUSED');
    expect(faultOf(new Error('x', { cause: error }))).toBe('ECONNREFUSED');
    expect(faultOf(new Error('https://user:secret@host'))).toBe('network error');
    expect(faultOf(AbortSignal.abort().reason)).toBe('no response in time');
  });
});
