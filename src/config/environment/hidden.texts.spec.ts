import { describe, expect, it } from 'vitest';
import { Environment } from './environment.js';
import { hiddenTexts } from './hidden.texts.js';

const hidden = (variables: Partial<Environment>): string[] =>
  hiddenTexts(Object.assign(new Environment(), variables), {});

describe(hiddenTexts.name, () => {
  it.each<[string, Partial<Environment>, string[]]>([
    [
      'a header',
      { OTEL_EXPORTER_OTLP_HEADERS: 'a=canary-one, authorization=canary-two' },
      ['canary-one', 'canary-two'],
    ],
    ['a header of traces', { OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'api-key=can%20ary' }, ['can%20ary', 'can ary']],
    ['a credential behind its scheme', { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20canary' }, ['canary']],
    [
      'a password in Basic',
      { OTEL_EXPORTER_OTLP_HEADERS: `authorization=Basic ${Buffer.from('u:can:ary').toString('base64')}` },
      [Buffer.from('u:can:ary').toString('base64'), 'can:ary'],
    ],
    ['a query of a webhook', { SINK_WEBHOOK_URL: 'https://h.example/x?key=can%2Bary&b' }, ['can%2Bary', 'can+ary']],
    ['a path of a webhook', { SINK_WEBHOOK_URL: 'https://h.example/hooks/canary0123456789' }, ['canary0123456789']],
    ['a webhook secret', { SINK_WEBHOOK_SECRET: 'whsec_Y2FuYXJ5' }, ['whsec_Y2FuYXJ5', 'Y2FuYXJ5']],
    ['a former one', { SINK_WEBHOOK_SECRET_PREVIOUS: 'whsec_Y2FuYXJ5' }, ['Y2FuYXJ5']],
    ['a parameter of a database', { DATABASE_URL: 'postgres://h/n?password=can%40ary' }, ['can%40ary', 'can@ary']],
    ['a password in a URL', { REDIS_URL: 'redis://u:can%40ary@h' }, ['can%40ary', 'can@ary']],
  ])('has %s', (_what, variables, parts) => expect(hidden(variables)).toEqual(expect.arrayContaining(parts)));

  it('has no ordinary word, nor anything twice', () => {
    const texts = hidden({
      DATABASE_URL: 'postgres://h/n?sslmode=verify-full',
      SINK_WEBHOOK_URL: 'https://h.example/webhooks',
      METRICS_TOKEN: 'metrics-secret',
      LLM_PROXY_API_KEY: 'metrics-secret',
    });
    expect(texts.toSorted()).toEqual(
      ['https://h.example/webhooks', 'metrics-secret', 'postgres://h/n?sslmode=verify-full'].toSorted(),
    );
  });
});
