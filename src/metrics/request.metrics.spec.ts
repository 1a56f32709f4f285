import { describe, expect, it } from 'vitest';
import type { Exchange } from '../http/exchange.js';
import { ENDS } from '../http/exchange.js';
import { METHODS, OUTCOMES, outcomeNumber, outcomeOf, ROUTES, routeNumber, STATUS_CLASSES } from './request.labels.js';
import { RequestMetrics } from './request.metrics.js';

const exchange = (fields: Partial<Record<keyof Exchange, unknown>> & { method?: string }): Exchange =>
  ({
    route: 'proxied',
    path: '/v1/responses',
    request: { method: fields.method ?? 'GET' },
    response: {},
    status: 200,
    startedAt: 1000,
    closedAt: 1000,
    bytesIn: 0,
    bytesOut: 0,
    ...fields,
  }) as unknown as Exchange;

describe('the number of an outcome', () => {
  it('is that of its labels and of no others', () => {
    const seen = new Set<string>();
    for (let number = 0; number < OUTCOMES; number += 1) seen.add(JSON.stringify(outcomeOf(number)));
    expect(seen.size).toBe(ROUTES.length * METHODS.length * STATUS_CLASSES.length * ENDS.length);
  });

  it.each([
    [{ path: '/v1/responses/x', method: 'DELETE', status: 404 }, ['response', 'DELETE', '4xx', 'ok']],
    [
      { path: '/v1/constructor', method: 'constructor', status: 999, end: 'drain' },
      ['other', 'other', 'none', 'drain'],
    ],
    [{ path: '/v1', method: 'HEAD', status: undefined, end: 'client' }, ['other', 'HEAD', 'none', 'client']],
    [{ route: 'health', path: '/live', status: 503 }, ['health', 'GET', '5xx', 'ok']],
  ])('of %o is that of %o', (fields, labels) => {
    const one = exchange(fields);
    expect(Object.values(outcomeOf(outcomeNumber(one, routeNumber(one))))).toEqual(labels);
  });
});

describe(RequestMetrics.name, () => {
  it('cumulates buckets, and counts a bound in its own bucket', () => {
    const metrics = new RequestMetrics();
    for (const ms of [5, 5.1, 1000, 200_000]) metrics.onClosed(exchange({ closedAt: 1000 + ms }));
    const duration = metrics.families().find(({ metric }) => metric.name === 'llm_proxy_request_duration_seconds')!;
    const at = (le: string) => duration.points.find(({ labels }) => labels['le'] === le)!.value;
    expect([at('0.005'), at('0.01'), at('1'), at('120'), at('+Inf')]).toEqual([1, 2, 3, 3, 4]);
    const sum = duration.points.find(({ name }) => name.endsWith('_sum'))!;
    expect(sum.value).toBeCloseTo(201.0101);
    expect(sum.labels).toEqual({ route: 'responses', stream: 'false' });
  });

  it('leaves out series without a request', () => {
    expect(new RequestMetrics().families().flatMap(({ points }) => points)).toEqual([]);
  });
});
