import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { endedExchange } from '../../../test/support/ended.exchange.js';
import type { Exchange } from '../../http/exchange.js';
import { PriceCatalogue, type Priced } from '../../openai/prices/price.catalogue.js';
import type { UsageReport } from '../../openai/usage/usage.record.js';
import type { ProxyEvent } from '../event/proxy.event.js';
import type { OpenWork } from '../store/event.draft.js';
import { foldOf } from '../store/event.fold.js';
import { BatchBuilder } from './batch.builder.js';
import { BatchReader, type ReadBatch } from './batch.reader.js';
import { DomainFigures } from './domain.figures.js';
import { EventFolds } from './event.folds.js';

/** A list with one model: an input token costs 2 nano-dollars, an output token 10. */
class OnePrice extends PriceCatalogue {
  readonly asOf = '2026-11-20';
  cost({ model, figures }: Parameters<PriceCatalogue['cost']>[0]): Priced | undefined {
    if (this.nameOf(model) === undefined) return undefined;
    return { nanoUsd: 2 * (figures.input ?? 0) + 10 * (figures.output ?? 0), version: this.asOf };
  }
  nameOf(model: string): string | undefined {
    return model.startsWith('gpt-5') ? 'gpt-5' : undefined;
  }
}

const HEAD = '{"v":1,"replica":"r","epoch":1,"seq":9,';
const MAKER: OpenWork = {
  key: 'resp_1',
  kind: 'response',
  projectId: 'p',
  tokenId: 't',
  tier: 'flex',
  model: 'gpt-5',
  uuid: '8c1d2f0e-9d54-4a53-8a39-b7a2c8f4a001',
  requestId: 'made',
  route: 'responses',
  at: 1_790_000_000_000,
  deadline: 0,
};

describe(BatchReader.name, () => {
  const prices = new OnePrice();
  let figures: DomainFigures;
  beforeEach(() => void (figures = new DomainFigures()));

  /** What the worker makes of exchanges that the main thread has seen. */
  async function read(...exchanges: Exchange[]): Promise<ReadBatch> {
    const builder = new BatchBuilder();
    for (const exchange of exchanges) builder.add(exchange);
    const reader = new BatchReader(new EventFolds(prices), figures, () => HEAD);
    // As it crosses the thread.
    return reader.read(structuredClone(builder.take()));
  }

  const eventsOf = ({ lines }: ReadBatch) => lines.map((line) => JSON.parse(HEAD + line) as ProxyEvent);
  const used = (usage: UsageReport, more: Partial<Exchange> = {}) => endedExchange({ usage, ...more });
  const provided: UsageReport = {
    source: 'provider',
    model: 'gpt-5-2026',
    tier: 'flex',
    figures: { input: 3, output: 4 },
  };

  it('prices and folds what the provider reports', async () => {
    const batch = await read(used(provided), used({ ...provided, model: 'my-model' }), endedExchange({ status: 500 }));
    expect(eventsOf(batch).map(({ cost }) => cost)).toEqual([
      { nano_usd: 46, price_version: '2026-11-20', source: 'catalogue' },
      { source: 'none' },
      undefined,
    ]);
    expect(batch.folds).toMatchObject([
      {
        model: 'gpt-5',
        tier: 'flex',
        usage: 'provider',
        costNanoUsd: 46,
        isUnpriced: false,
        isError: false,
        requests: 1,
      },
      { model: 'other', costNanoUsd: 0, isUnpriced: true, figures: { input: 3, output: 4 } },
      { model: 'other', tier: 'default', usage: 'none', isUnknown: true, isError: true, figures: {} },
    ]);
  });

  it('folds each event as the store does that reads it again after a crash', async () => {
    const tools = { web_search: 1 };
    const parts = [
      { key: 'a', model: 'gpt-5', figures: { input: 1 } },
      { key: 'b', figures: { output: 2 } },
    ];
    const batch = await read(
      used(provided, { asked: { model: 'gpt-5' } }),
      used({ ...provided, tier: 'strange' }),
      used({ source: 'provider', figures: { input: 5 }, tools }, { asked: { model: 'gpt-5' } }),
      used({ source: 'provider', model: 'gpt-5', figures: { input: 1, output: 2 }, parts }),
      used({ source: 'none', reason: 'refused', figures: {} }, { status: 429, end: 'limit' }),
      used({ source: 'none', reason: 'not_asked', figures: {}, model: 'gpt-4o', deltas: 7, textBytes: 40 }),
      used({ source: 'none', reason: 'later', figures: {}, work: { key: 'k', kind: 'batch', state: 'open' } }),
      used({ ...provided, work: { key: 'k', kind: 'batch', state: 'final' } }),
      endedExchange({ tokenId: undefined, projectId: undefined, status: undefined, end: 'client' }),
    );
    const again = eventsOf(batch).map((event) => foldOf(event, (model) => prices.nameOf(model)));
    expect(batch.folds).toEqual(again);
  });

  it('prices by the model of the request when the response names none', async () => {
    const batch = await read(used({ source: 'provider', figures: { output: 1 } }, { asked: { model: 'gpt-5' } }));
    expect(batch.folds).toMatchObject([{ model: 'gpt-5', costNanoUsd: 10 }]);
  });

  it('sums the prices of parts; a part without one leaves the event without one', async () => {
    const part = (model: string, input: number) => ({ key: `${model}${input}`, model, figures: { input } });
    const socket = (...parts: ReturnType<typeof part>[]): Exchange =>
      used({ source: 'provider', figures: { input: 9 }, parts });
    const batch = await read(socket(part('gpt-5', 4), part('gpt-5-mini', 5)), socket(part('gpt-5', 4), part('x', 5)));
    expect(eventsOf(batch).map(({ cost }) => cost?.nano_usd)).toEqual([18, undefined]);
  });

  it('decodes a body, and reads its usage', async () => {
    const body = '{"id":"chatcmpl-1","object":"chat.completion","model":"gpt-5","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}'; // prettier-ignore
    const encoded = {
      coding: 'gzip',
      contentType: 'application/json',
      bytes: new Uint8Array(gzipSync(body)),
      isWhole: true,
    };
    const batch = await read(endedExchange({ encoded }), endedExchange({ encoded: { ...encoded, coding: 'rot13' } }));
    expect(eventsOf(batch)).toMatchObject([
      {
        model: 'gpt-5',
        response_id: 'chatcmpl-1',
        usage: { source: 'provider', input: 3, output: 4 },
        cost: { nano_usd: 46 },
      },
      { usage: { source: 'none', reason: 'undecodable' } },
    ]);
  });

  it('estimates a stream without figures', async () => {
    const stream: UsageReport = {
      source: 'none',
      reason: 'not_asked',
      figures: {},
      model: 'gpt-4o',
      deltas: 7,
      textBytes: 8,
    };
    const batch = await read(used(stream, { bytesIn: 40 }));
    expect(eventsOf(batch)).toMatchObject([
      { usage: { source: 'estimated', reason: 'not_asked', input: 10, output: 7 } },
    ]);
    expect(batch.folds).toMatchObject([{ usage: 'estimated', isUnknown: false, isUnpriced: true }]);
  });

  it('opens work with a deadline of its kind', async () => {
    const work = (kind: OpenWork['kind']): Exchange =>
      used({ source: 'none', reason: 'later', figures: {}, work: { key: `${kind}_1`, kind, state: 'open' } });
    const exchanges = [work('batch'), work('response'), work('video')];
    const { workOpened } = await read(...exchanges);
    expect(workOpened.map(({ key, deadline, at }) => [key, (deadline - at) / 3_600_000])).toEqual([
      ['batch_1', 30],
      ['response_1', 24],
      ['video_1', 2],
    ]);
    expect(workOpened[0]).toMatchObject({ uuid: exchanges[0]!.uuid, tokenId: exchanges[0]!.tokenId, tier: 'default' });
  });

  it('gives final figures to the request that made the work, and none to the one that read them', async () => {
    const final = used({
      ...provided,
      responseId: 'resp_1',
      work: { key: 'resp_1', kind: 'response', state: 'final' },
    });
    const batch = await read(final);
    expect(eventsOf(batch)).toMatchObject([
      { usage: { source: 'none', reason: 'read' }, work: { key: 'resp_1', state: 'final' } },
    ]);
    expect(batch.folds).toMatchObject([{ figures: {}, costNanoUsd: 0, requests: 1 }]);
    const { line, fold } = batch.workClaims[0]!.complete(MAKER, 9);
    const event = JSON.parse(line) as ProxyEvent;
    expect(event).toMatchObject({
      id: `${MAKER.uuid}:work`,
      kind: 'work',
      seq: 9,
      request_id: 'made',
      token_id: 't',
      path: '/v1/responses',
      usage: { source: 'provider', input: 3, output: 4 },
      cost: { nano_usd: 46 },
    });
    expect(fold).toEqual(foldOf(event, (model) => prices.nameOf(model)));
    expect(fold).toMatchObject({ tokenId: 't', requests: 0, costNanoUsd: 46 });
  });

  it('counts tokens, cost and unknown usage for the metrics', async () => {
    await read(used(provided), used(provided), used({ source: 'none', reason: 'broken', figures: {} }));
    figures.wasAppended(3);
    const sample = (name: string) => figures.samples().filter((one) => one.name === `llm_proxy_${name}`);
    expect(sample('tokens_total')).toEqual([
      { name: 'llm_proxy_tokens_total', labels: { model: 'gpt-5', kind: 'input', source: 'provider' }, value: 6 },
      { name: 'llm_proxy_tokens_total', labels: { model: 'gpt-5', kind: 'output', source: 'provider' }, value: 8 },
    ]);
    expect(sample('cost_usd_total')).toMatchObject([{ labels: { model: 'gpt-5' }, value: 92e-9 }]);
    expect(sample('usage_unknown_total')).toMatchObject([
      { labels: { route: 'chat_completions', reason: 'broken' }, value: 1 },
    ]);
    expect(sample('events_total')).toMatchObject([{ value: 3 }]);
  });
});
