import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { UsageReport } from '../../src/openai/usage/usage.record.js';

interface Part {
  readonly key: string;
  readonly usage: Record<string, number>;
}

/** One response with what must be read from it (`test/fixtures/usage/index.json`). */
export interface UsageVector {
  readonly file: string;
  readonly kind?: 'ws';
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly content_type?: string;
  readonly encode?: 'gzip' | 'br';
  readonly breaks?: boolean;
  readonly why: string;
  readonly expect: {
    readonly count: 'once' | 'unknown' | 'never' | 'later' | 'once_if_open' | 'sum';
    readonly key?: string | null;
    readonly model?: string;
    readonly tier?: string;
    readonly usage?: Record<string, number>;
    readonly tools?: Record<string, number>;
    readonly reason?: string;
    readonly response_id?: string;
    readonly deltas?: number;
    readonly text_bytes?: number;
    readonly images?: number;
    readonly parts?: readonly Part[];
  };
}

const folder = new URL('../fixtures/usage/', import.meta.url);

export const USAGE_VECTORS = (
  JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')) as { vectors: readonly UsageVector[] }
).vectors;

/** The bytes of a response as they stand in its file. */
export const fileOf = ({ file }: UsageVector): Buffer => readFileSync(new URL(file, folder));

/** The bytes of a response as they are sent. */
export function bodyOf(vector: UsageVector): Buffer {
  const bytes = fileOf(vector);
  if (vector.encode === 'gzip') return gzipSync(bytes);
  return vector.encode === 'br' ? brotliCompressSync(bytes) : bytes;
}

/** Fails unless the report says what the vector expects. */
export function expectReport(report: UsageReport | undefined, { expect: wanted }: UsageVector): void {
  expect(report).toBeDefined();
  if (wanted.count === 'sum') return expectParts(report!, wanted.parts!);
  const hasFigures = wanted.count === 'once' || wanted.count === 'once_if_open';
  expect(report).toMatchObject({
    source: hasFigures ? 'provider' : expect.stringMatching(/none|provider/),
    ...(wanted.usage && { figures: wanted.usage }),
    ...(wanted.tools && { tools: wanted.tools }),
    ...(wanted.model && { model: wanted.model }),
    ...(wanted.tier && { tier: wanted.tier }),
    ...(wanted.response_id && { responseId: wanted.response_id }),
    ...(wanted.deltas !== undefined && { deltas: wanted.deltas }),
    ...(wanted.text_bytes !== undefined && { textBytes: wanted.text_bytes }),
    ...(wanted.images !== undefined && { images: wanted.images }),
  });
  const key = wanted.key ?? undefined;
  if (wanted.count === 'once') expect([report!.responseId, report!.work]).toEqual([key, undefined]);
  if (wanted.count === 'once_if_open') expect(report!.work).toMatchObject({ key, state: 'final' });
  if (wanted.count === 'later') expect(report).toMatchObject({ reason: 'later', work: { key, state: 'open' } });
  if (wanted.count === 'unknown') expect(report).toMatchObject({ source: 'none', reason: wanted.reason, figures: {} });
  if (wanted.count === 'never') expectNever(report!, wanted.reason!);
}

/** A read of finished work has its figures, which count only for work that is open. */
function expectNever(report: UsageReport, reason: string): void {
  if (report.work?.state === 'final') return expect(reason).toBe('read');
  expect(report).toMatchObject({ source: 'none', reason: reason === 'error' ? 'refused' : reason, figures: {} });
  expect(report.work).toBeUndefined();
}

function expectParts(report: UsageReport, parts: readonly Part[]): void {
  expect(report.source).toBe('provider');
  const found = [...report.parts!].sort((a, b) => a.key.localeCompare(b.key));
  const wanted = [...parts].sort((a, b) => a.key.localeCompare(b.key));
  expect(found).toMatchObject(wanted.map(({ key, usage }) => ({ key, figures: usage })));
}
