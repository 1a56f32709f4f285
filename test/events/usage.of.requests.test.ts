import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { EventReader } from '../../src/events/event/event.queries.js';
import type { ProxyEvent } from '../../src/events/event/proxy.event.js';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { answer } from '../support/upstream.scenarios.js';

const USAGE = { prompt_tokens: 19, completion_tokens: 10, total_tokens: 29 };
const COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-4o-2024-08-06',
  choices: [],
  usage: USAGE,
};

describe('the event of a request', () => {
  const fixture = ProxyFixture.forTests({ OBSERVABILITY_CAPTURE_BODIES: 'errors' });
  const reader = (): EventReader => fixture.app.running.app.get(EventReader, { strict: false });
  const json = (body: unknown, headers: [string, string][] = [], status = 200) =>
    answer({ status, headers: [['content-type', 'application/json'], ...headers], body: JSON.stringify(body) });

  /** The event of one call. */
  async function eventOf(call: Parameters<typeof fixture.call>[0]): Promise<ProxyEvent> {
    const response = await fixture.call(call);
    const id = response.header('x-proxy-request-id')!;
    let found: ProxyEvent | undefined;
    await until('the event', async () => (found = await reader().request(id)) !== undefined);
    return found!;
  }

  it('has the usage of the response and its price', async () => {
    fixture.upstream.reply(json(COMPLETION));
    const event = await eventOf({ body: '{"model":"gpt-4o","messages":[]}' });
    expect(event).toMatchObject({
      model: 'gpt-4o-2024-08-06',
      request_model: 'gpt-4o',
      response_id: 'chatcmpl-1',
      usage: { source: 'provider', input: 19, output: 10, total: 29 },
      cost: { source: 'catalogue' },
    });
    expect(event.cost!.nano_usd).toBeGreaterThan(0);
    expect(event).not.toHaveProperty('request');
  });

  it('has the usage of an encoded response', async () => {
    const body = gzipSync(JSON.stringify(COMPLETION));
    const headers: [string, string][] = [['content-type', 'application/json'], ['content-encoding', 'gzip']]; // prettier-ignore
    fixture.upstream.reply(answer({ status: 200, headers, body }));
    expect(await eventOf({ body: '{"model":"gpt-4o"}' })).toMatchObject({ usage: { source: 'provider', input: 19 } });
  });

  it('has the bodies of an error, when they are captured', async () => {
    fixture.upstream.reply(json({ error: { message: 'no' } }, [], 400));
    const event = await eventOf({ body: '{"model":"gpt-4o"}' });
    expect(event).toMatchObject({
      status: 400,
      usage: { source: 'none', reason: 'refused' },
      request: { body: '{"model":"gpt-4o"}' },
      response: { body: '{"error":{"message":"no"}}' },
    });
    expect(JSON.stringify(event)).not.toContain(fixture.token.token);
  });

  it('counts in the sums of usage', async () => {
    fixture.upstream.reply(json(COMPLETION));
    const token = await fixture.app.token();
    await fixture.call({ headers: fixture.headers(token), body: '{"model":"gpt-4o"}' });
    await fixture.call({ headers: fixture.headers(token), body: '{"model":"gpt-4o"}' });
    const filter = { from: Date.now() - 3_600_000, to: Date.now() + 3_600_000, groupBy: ['tokenId', 'model'] as const };
    const row = async () => (await reader().usage(filter)).find(({ tokenId }) => tokenId === token.id);
    await until('two requests in the sums', async () => (await row())?.requests === 2);
    expect(await row()).toMatchObject({ model: 'gpt-4o', figures: { input: 38, output: 20 }, unpriced: 0, errors: 0 });
  });

  it('counts in the metrics', async () => {
    const metrics = async () => (await fetch(`${fixture.app.url}/metrics`)).text();
    await until('tokens in the metrics', async () =>
      /llm_proxy_tokens_total\{model="gpt-4o",kind="input",source="provider"\} \d+/.test(await metrics()),
    );
    expect(await metrics()).toMatch(/llm_proxy_events_total\{sink="store"\} \d+/);
  });
});
