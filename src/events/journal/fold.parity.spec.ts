import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endedExchange } from '../../../test/support/ended.exchange.js';
import { bodyOf, fileOf, USAGE_VECTORS, type UsageVector } from '../../../test/support/usage.vectors.js';
import { openPrices } from '../../config/prices/price.loader.js';
import { type Exchange, type End, ENDS } from '../../http/exchange.js';
import { openUsageReader, usageWithoutBody } from '../../openai/usage/usage.reader.js';
import {
  type EncodedBody,
  FIGURES,
  TOOL_FIGURES,
  USAGE_REASONS,
  type UsageReport,
  type Work,
} from '../../openai/usage/usage.record.js';
import { SocketUsage } from '../../openai/usage/usage.socket.js';
import type { ProxyEvent } from '../event/proxy.event.js';
import { foldOf } from '../store/event.fold.js';
import type { OpenWork } from '../store/event.draft.js';
import { BatchBuilder } from './batch.builder.js';
import { BatchReader } from './batch.reader.js';
import { DomainFigures } from './domain.figures.js';
import { EventFolds } from './event.folds.js';

const HEAD = '{"v":1,"replica":"r","epoch":1,"seq":9,';
const prices = openPrices(undefined);
const again = (line: string) => foldOf(JSON.parse(line) as ProxyEvent, (model) => prices.nameOf(model));

/** Fails unless the line of each exchange, and of work that it closes, folds to what the worker has folded. */
async function expectParity(exchanges: readonly Exchange[], maker: Partial<OpenWork> = {}): Promise<ProxyEvent[]> {
  const builder = new BatchBuilder();
  for (const exchange of exchanges) builder.add(exchange);
  const reader = new BatchReader(new EventFolds(prices), new DomainFigures(), () => HEAD);
  const { lines, folds, workClaims } = await reader.read(structuredClone(builder.take()));
  expect(lines.map((line) => again(HEAD + line))).toEqual(folds);
  const works = workClaims.map((claim) => claim.complete({ ...MAKER, key: claim.key, ...maker }, 9));
  expect(works.map(({ line }) => again(line))).toEqual(works.map(({ fold }) => fold));
  const events = [...lines.map((line) => HEAD + line), ...works.map(({ line }) => line)].map(
    (line) => JSON.parse(line) as ProxyEvent,
  );
  const kinds = events.flatMap((event) => (event.work ? [event.work.kind as string | undefined] : []));
  expect(kinds).not.toContain(undefined);
  return events;
}

const MAKER: OpenWork = {
  key: '',
  kind: 'response',
  projectId: 'p',
  tokenId: 't',
  tier: 'flex',
  model: 'gpt-5.6-terra-2026-08-01',
  uuid: '8c1d2f0e-9d54-4a53-8a39-b7a2c8f4a001',
  requestId: 'made',
  route: 'responses',
  at: 1_790_000_000_000,
  deadline: 0,
};

function socketUsage(vector: UsageVector): UsageReport {
  const usage = new SocketUsage(undefined, false);
  for (const message of JSON.parse(fileOf(vector).toString()) as unknown[]) {
    usage.push(Buffer.from(JSON.stringify(message)).toString('latin1'));
    usage.endMessage();
  }
  return usage.end();
}

/** What the main thread knows of the response of a vector: its usage, or its encoded body. */
function readOf(vector: UsageVector): { usage: UsageReport } | { encoded: EncodedBody } {
  if (vector.kind === 'ws') return { usage: socketUsage(vector) };
  const call = { ...vector, path: vector.path.split('?')[0]!, contentType: vector.content_type };
  const known = usageWithoutBody(call);
  if (known) return { usage: known };
  const reader = openUsageReader(call, vector.encode);
  reader.push(bodyOf(vector));
  const result = reader.end(!vector.breaks, false);
  return 'coding' in result ? { encoded: result } : { usage: result };
}

const named = fc.oneof(
  fc.constantFrom('gpt-5.6-terra', 'gpt-5.6-terra-2026-08-01', 'ft:gpt-4.1-mini:org::id', 'my-model', ''),
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ maxLength: 300 }).map((end) => `gpt-5.6-terra${end}`),
  fc.string({ maxLength: 20 }).map((end) => `gpt-5.6-terra-sk-proj-abcdefghijklmnop${end}`),
);
const figure = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.double({ min: 0, max: 2 ** 53, noNaN: true }));
const some = <N extends string>(names: readonly N[]) =>
  fc.dictionary(fc.constantFrom(...names), figure, { maxKeys: 6, noNullPrototype: true }) as fc.Arbitrary<
    Partial<Record<N, number>>
  >;
const optional = { requiredKeys: [] };
const tier = fc.constantFrom('default', 'flex', 'priority', 'my"tier', '');
const work: fc.Arbitrary<Work> = fc.record({
  key: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  kind: fc.constantFrom('response', 'batch', 'run', 'turn', 'job', 'video', 'eval_run'),
  state: fc.constantFrom('open', 'final'),
});
const part = fc.record(
  { key: fc.string(), figures: some(FIGURES), model: named, tier, tools: some(TOOL_FIGURES) },
  { requiredKeys: ['key', 'figures'] },
);
const report = fc.record(
  {
    source: fc.constantFrom('provider', 'none'),
    figures: some(FIGURES),
    reason: fc.constantFrom(...USAGE_REASONS),
    model: named,
    tier,
    tools: some(TOOL_FIGURES),
    parts: fc.array(part, { minLength: 1, maxLength: 3 }),
    responseId: fc.string(),
    work,
    deltas: fc.nat(),
    textBytes: fc.nat(),
    images: fc.nat(9),
  },
  { requiredKeys: ['source', 'figures'] },
) as fc.Arbitrary<UsageReport>;
const seen = fc.record(
  {
    usage: report,
    asked: fc.record({ model: named }, optional),
    status: fc.constantFrom(200, 404, 429, 502),
    end: fc.constantFrom<End>(...ENDS),
    bytesIn: fc.nat(),
  },
  optional,
) as fc.Arbitrary<Partial<Exchange>>;

describe('the fold of an event', () => {
  it.each(USAGE_VECTORS)('of $file is that of its line: $why', async (vector) => {
    const exchange = endedExchange({ ...readOf(vector), status: vector.status, asked: { model: 'gpt-5.6-terra' } });
    const [event] = await expectParity([exchange]);
    expect(event!.usage).toBeDefined();
  });

  it('of random exchanges is that of their lines', async () => {
    const model = fc.oneof(fc.constant(''), named);
    await fc.assert(
      fc.asyncProperty(fc.array(seen, { minLength: 1, maxLength: 8 }), model, async (fields, made) => {
        const none = { projectId: undefined, tokenId: undefined };
        await expectParity(
          fields.map((one, at) => endedExchange({ ...(at % 3 === 2 && none), ...one })),
          { model: made },
        );
      }),
      { numRuns: 400 },
    );
  });
});
