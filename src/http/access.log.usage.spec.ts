import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { AccessLog } from './access.log.js';
import type { Exchange } from './exchange.js';

/** The line of an exchange with these fields. */
function lineOf(fields: Partial<Record<keyof Exchange, unknown>>): Record<string, unknown> {
  const lines: string[] = [];
  const exchange = {
    path: '/v1/responses',
    route: 'proxied',
    requestId: 'id',
    status: 200,
    bytesIn: 0,
    bytesOut: 0,
    request: { method: 'POST', headers: {}, socket: {} },
    ...fields,
  };
  new AccessLog(pino({ base: null }, { write: (line) => void lines.push(line) })).onClosed(
    exchange as unknown as Exchange,
  );
  return JSON.parse(lines.join('')) as Record<string, unknown>;
}

describe(`the usage in a line of ${AccessLog.name}`, () => {
  const figures = { input: 19, cached: 0, output: 10, reasoning: 4 };

  it('is what the upstream reported', () => {
    const line = lineOf({ usage: { source: 'provider', model: 'gpt-5-2026', figures }, asked: { model: 'gpt-5' } });
    expect(line).toMatchObject({ model: 'gpt-5-2026', input: 19, output: 10, cached: 0 });
  });

  it.each(['estimated', 'none'])('has no figures whose source is %s', (source) => {
    const line = lineOf({ usage: { source, figures }, asked: { model: 'gpt-5' } });
    expect(line).toMatchObject({ model: 'gpt-5' });
    for (const name of ['input', 'output', 'cached']) expect(line).not.toHaveProperty(name);
  });

  it.each(['', 'x'.repeat(101), 'a\nb', 'ä', '\u2028'])('has no model that is %j', (model) => {
    expect(lineOf({ asked: { model } })).not.toHaveProperty('model');
  });

  it('has a model with quotes as valid JSON, and no credential in it', () => {
    expect(lineOf({ asked: { model: 'a"\\b' } })['model']).toBe('a"\\b');
    expect(lineOf({ asked: { model: 'sk-proj-ABCDEFGHIJKLMNOPQRSTUVWXYZ' } })['model']).not.toContain('ABCDEF');
  });
});
