import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readEncoded } from './encoded.body.js';
import { openUsageReader } from './usage.reader.js';
import type { UsageReport } from './usage.record.js';

const call = { method: 'POST', path: '/v1/chat/completions', status: 200 };
const body = JSON.stringify({ id: 'a', model: 'm', choices: [], usage: { prompt_tokens: 5, total_tokens: 5 } });

async function read(
  coding: string,
  bytes: Uint8Array,
  { isWhole = true, contentType = 'application/json' } = {},
): Promise<UsageReport> {
  const reader = openUsageReader({ ...call, contentType }, coding);
  for (let at = 0; at < bytes.length; at += 1000) reader.push(Buffer.from(bytes.subarray(at, at + 1000)));
  const result = reader.end(isWhole, !isWhole);
  return 'coding' in result ? readEncoded(result, call) : result;
}

describe(readEncoded.name, () => {
  it.each([
    ['gzip', gzipSync(body)],
    ['GZIP', gzipSync(body)],
    ['x-gzip', gzipSync(body)],
    ['deflate', deflateSync(body)],
    ['deflate', deflateRawSync(body)],
    ['br', brotliCompressSync(body)],
    ['zstd', zstdCompressSync(body)],
  ])('reads a body with the coding %s', async (coding, bytes) => {
    expect(await read(coding, bytes)).toMatchObject({ source: 'provider', figures: { input: 5 }, responseId: 'a' });
  });

  it.each([
    ['an unknown coding', 'lzma', gzipSync(body)],
    ['two codings', 'gzip, br', gzipSync(body)],
    ['the name of a member of objects', 'constructor', gzipSync(body)],
    ['a body that is not what its coding says', 'gzip', Buffer.from(body)],
    ['a bomb', 'gzip', gzipSync(Buffer.alloc(64 * 1024 * 1024))],
    ['a bomb in brotli', 'br', brotliCompressSync(Buffer.alloc(16 * 1024 * 1024))],
  ])('calls %s undecodable', async (_what, coding, bytes) => {
    expect(await read(coding, bytes)).toMatchObject({ source: 'none', reason: 'undecodable' });
  });

  it('does not keep a body over 256 KiB', async () => {
    const large = JSON.stringify({ noise: Array.from({ length: 60_000 }, () => Math.random()), usage: {} });
    expect(await read('gzip', gzipSync(large))).toMatchObject({ reason: 'undecodable' });
  });

  it.each(['gzip', 'br', 'zstd'] as const)(
    'reads a stream of coding %s that broke off as far as it came',
    async (coding) => {
      const chunk = { id: 'a', model: 'm', choices: [], usage: { prompt_tokens: 5, total_tokens: 5 } };
      const events = `data: ${JSON.stringify(chunk)}\n\n`;
      const encode = { gzip: gzipSync, br: brotliCompressSync, zstd: zstdCompressSync }[coding];
      const bytes = encode(events);
      const contentType = 'text/event-stream';
      expect(await read(coding, bytes.subarray(0, -1), { isWhole: false, contentType })).toMatchObject({
        source: expect.stringMatching(/provider|none/),
      });
      expect(await read(coding, bytes, { contentType })).toMatchObject({ source: 'provider', figures: { input: 5 } });
    },
  );
});
