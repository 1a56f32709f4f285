import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../../src/http/exchange.js';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { answer, failing, resetBeforeHeaders } from '../support/upstream.scenarios.js';

const USAGE = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
const EVENT = `data: ${JSON.stringify({ id: 'chatcmpl-1', choices: [{ delta: { content: 'Hi' } }] })}\n\n`;

function observed(fixture: ProxyFixture): () => Promise<Exchange> {
  const closed: Exchange[] = [];
  beforeAll(() => fixture.app.running.observers.add({ onClosed: (exchange) => closed.push(exchange) }));
  beforeEach(() => void (closed.length = 0));
  return async () => {
    await until('the end of the exchange', () => closed.length > 0);
    return closed[0]!;
  };
}

describe('usage of an exchange', () => {
  const fixture = ProxyFixture.forTests();
  const ended = observed(fixture);

  it.each([10, 100_000])('names what a request of %i bytes of text asked for', async (size) => {
    await fixture.call({ body: JSON.stringify({ model: 'gpt-x', stream: true, input: 'x'.repeat(size) }) });
    expect((await ended()).asked).toEqual({ model: 'gpt-x', stream: true });
  });

  it('is unknown when the client leaves before the figures came', async () => {
    const paced = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.send({ method: 'POST', target: '/v1/chat/completions', headers: fixture.headers(), body: '{}' });
    await paced.opened();
    await paced.send(EVENT);
    await client.sees('chatcmpl-1');
    client.destroy();
    expect((await ended()).usage).toMatchObject({
      source: 'none',
      reason: 'client_left',
      responseId: 'chatcmpl-1',
      deltas: 1,
      textBytes: 2,
    });
  });

  it('is what was seen when the client leaves after the figures', async () => {
    const paced = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.send({ method: 'POST', target: '/v1/chat/completions', headers: fixture.headers(), body: '{}' });
    await paced.opened();
    await paced.send(`${EVENT}data: ${JSON.stringify({ id: 'chatcmpl-1', choices: [], usage: USAGE })}\n\n`);
    await client.sees('total_tokens');
    client.destroy();
    expect((await ended()).usage).toMatchObject({ source: 'provider', figures: { input: 7, output: 3, total: 10 } });
  });

  it('is nothing for an error of the upstream', async () => {
    fixture.upstream.once(failing(429, 'rate_limit_exceeded'));
    await fixture.call({ body: '{}' });
    expect((await ended()).usage).toEqual({ source: 'none', reason: 'refused', figures: {} });
  });

  it('is nothing for a request that the proxy refuses', async () => {
    await fixture.call({ headers: [], body: '{"model":"gpt-x"}' });
    const { usage, encoded, asked } = await ended();
    expect([usage, encoded, asked]).toEqual([{ source: 'none', reason: 'refused', figures: {} }, undefined, undefined]);
  });

  it.each([
    ['POST', '/v1/chat/completions', 'broken'],
    ['GET', '/v1/models', 'free'],
  ])('of %s %s is %s when the upstream breaks off before its response', async (method, target, reason) => {
    fixture.upstream.once(resetBeforeHeaders());
    fixture.upstream.once(resetBeforeHeaders());
    await fixture.call({ method, target, body: '' });
    expect((await ended()).usage).toMatchObject({ source: 'none', reason });
  });

  it.each(['gzip, br', 'lzma'])('with the coding %s is undecodable', async (coding) => {
    const headers = [['content-type', 'application/json'], ['content-encoding', coding]] as const; // prettier-ignore
    fixture.upstream.once(answer({ status: 200, headers, body: 'whatever' }));
    await fixture.call({ body: '{}' });
    expect((await ended()).usage).toMatchObject({ source: 'none', reason: 'undecodable' });
  });
});

describe('OBSERVABILITY_ENABLED=false', () => {
  const fixture = ProxyFixture.forTests({ OBSERVABILITY_ENABLED: 'false', OBSERVABILITY_CAPTURE_BODIES: 'all' });
  const ended = observed(fixture);

  it('reads nothing', async () => {
    fixture.upstream.once(
      answer({ status: 200, headers: [['content-type', 'application/json']], body: JSON.stringify({ usage: USAGE }) }),
    );
    await fixture.call({ body: '{"model":"gpt-x"}' });
    const { usage, encoded, asked, captured } = await ended();
    expect([usage, encoded, asked, captured]).toEqual([undefined, undefined, undefined, undefined]);
  });
});
