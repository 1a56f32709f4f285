import { describe, expect, it } from 'vitest';
import type { Sample } from './sample.js';
import { familiesOf } from './sampled.families.js';

describe(familiesOf.name, () => {
  it('puts samples to their metrics, those of a histogram too', () => {
    const samples: Sample[] = [
      { name: 'llm_proxy_events_pending', labels: { sink: 'file' }, value: 3 },
      { name: 'llm_proxy_sink_duration_seconds_bucket', labels: { sink: 'file', result: 'ok', le: '+Inf' }, value: 1 },
      { name: 'llm_proxy_sink_duration_seconds_count', labels: { sink: 'file', result: 'ok' }, value: 1 },
    ];
    const families = familiesOf(samples, () => expect.unreachable());
    expect(families.map(({ metric, points }) => [metric.name, points.length])).toEqual([
      ['llm_proxy_events_pending', 1],
      ['llm_proxy_sink_duration_seconds', 2],
    ]);
  });

  it.each([
    ['llm_proxy_unknown', {}],
    ['llm_proxy_sink_duration_seconds', {}],
    ['llm_proxy_redis_up_count', {}],
    ['llm_proxy_redis_up', { token_id: 'x' }],
  ])('leaves out a sample of %s with %o', (name, labels: Record<string, string>) => {
    const unknown: string[] = [];
    expect(familiesOf([{ name, labels, value: 1 }], (which) => unknown.push(which))).toEqual([]);
    expect(unknown).toEqual([name]);
  });
});
