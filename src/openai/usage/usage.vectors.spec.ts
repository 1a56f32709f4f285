import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyOf, expectReport, USAGE_VECTORS, type UsageVector } from '../../../test/support/usage.vectors.js';
import { readEncoded } from './encoded.body.js';
import { openUsageReader, usageWithoutBody } from './usage.reader.js';
import type { UsageReport } from './usage.record.js';

const vectors = USAGE_VECTORS.filter(({ kind }) => kind !== 'ws');

async function read(vector: UsageVector, pieces: readonly Buffer[]): Promise<UsageReport> {
  const [path = ''] = vector.path.split('?');
  const call = { method: vector.method, path, status: vector.status, contentType: vector.content_type };
  const known = usageWithoutBody(call);
  if (known) return known;
  const reader = openUsageReader(call, vector.encode);
  for (const piece of pieces) reader.push(piece);
  const result = reader.end(!vector.breaks, false);
  return 'coding' in result ? readEncoded(result, call) : result;
}

function split(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set([0, ...places, bytes.length])].sort((a, b) => a - b);
  return cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end));
}

describe('the vectors of usage', () => {
  it('are complete', () => expect(USAGE_VECTORS).toHaveLength(59));

  it.each(vectors)('$file in one piece: $why', async (vector) => {
    expectReport(await read(vector, [bodyOf(vector)]), vector);
  });

  it.each(vectors)('$file byte by byte', async (vector) => {
    const bytes = bodyOf(vector);
    expectReport(await read(vector, split(bytes, [...bytes.keys()])), vector);
  });

  it.each(vectors)('$file in two pieces, split at every place', async (vector) => {
    const bytes = bodyOf(vector);
    for (let at = 1; at < bytes.length; at += 1) expectReport(await read(vector, split(bytes, [at])), vector);
  });

  it.each(vectors)('$file in random pieces', async (vector) => {
    const bytes = bodyOf(vector);
    const places = fc.array(fc.integer({ min: 1, max: Math.max(1, bytes.length - 1) }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(places, async (cuts) => expectReport(await read(vector, split(bytes, cuts)), vector)),
      { numRuns: 100 },
    );
  });
});
