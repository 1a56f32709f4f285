import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../../src/http/exchange.js';
import { readEncoded } from '../../src/openai/usage/encoded.body.js';
import type { UsageReport } from '../../src/openai/usage/usage.record.js';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import type { Handler } from '../support/upstream.connection.js';
import { bodyOf, expectReport, USAGE_VECTORS, type UsageVector } from '../support/usage.vectors.js';
import { seeded } from '../support/seeded.js';
import { splitBytes } from '../support/split.bytes.js';

/** Sends the response in the given pieces, and breaks the connection after the last one when the vector says so. */
const served =
  (vector: UsageVector, pieces: readonly Buffer[]): Handler =>
  async (exchange) => {
    await exchange.receiveAll();
    await exchange.head(vector.status, [
      ['content-type', vector.content_type ?? 'application/json'],
      ['transfer-encoding', 'chunked'],
      ['x-request-id', 'req_vector'],
      ...(vector.encode ? ([['content-encoding', vector.encode]] as const) : []),
    ]);
    for (const piece of pieces.filter(({ length }) => length > 0)) await exchange.chunk(piece);
    if (vector.breaks) exchange.fin();
    else await exchange.lastChunk();
  };

describe('usage of the vectors, through the proxy', () => {
  const fixture = ProxyFixture.forTests();
  const closed: Exchange[] = [];
  beforeAll(() => fixture.app.running.observers.add({ onClosed: (exchange) => closed.push(exchange) }));
  beforeEach(() => void (closed.length = 0));

  async function usageOf(): Promise<UsageReport | undefined> {
    await until('the end of the exchange', () => closed.length > 0);
    const { usage, encoded, request, path, status } = closed[0]!;
    return encoded ? readEncoded(encoded, { method: request.method!, path, status: status! }) : usage;
  }

  async function expectUnchanged(vector: UsageVector, places: readonly number[]): Promise<void> {
    const body = bodyOf(vector);
    fixture.upstream.once(served(vector, splitBytes(body, places)));
    const response = await fixture.call({ method: vector.method, target: vector.path, body: '' });
    expect(response.body.equals(body)).toBe(true);
    expectReport(await usageOf(), vector);
    expect(closed[0]).toMatchObject({
      upstreamRequestId: 'req_vector',
      isStream: vector.content_type!.startsWith('text/event-stream'),
    });
  }

  const vectors = USAGE_VECTORS.filter(({ kind }) => kind !== 'ws');
  it.each(vectors)('$file in one piece', (vector) => expectUnchanged(vector, []));
  it.each(vectors)('$file byte by byte', (vector) => expectUnchanged(vector, [...bodyOf(vector).keys()]));
  it.each(vectors)('$file in random pieces', (vector) => {
    const random = seeded(vector.file.length);
    const places = Array.from({ length: 5 }, () => random(bodyOf(vector).length));
    return expectUnchanged(vector, places);
  });
});
