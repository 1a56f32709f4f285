import { promisify } from 'node:util';
import { brotliDecompress, constants, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';
import { isEventStream, openPlainReader, type UsageCall } from './usage.reader.js';
import type { EncodedBody, UsageReport } from './usage.record.js';
import { noUsage } from './usage.report.js';

/** Bounds of decoded bodies, in bytes. A body over its bound is not read at all. */
const MAX_JSON_BYTES = 1024 * 1024;
const MAX_STREAM_BYTES = 8 * 1024 * 1024;
/** What the reader gets at once. */
const PIECE_BYTES = 64 * 1024;

type Decode = (bytes: Uint8Array, maxOutputLength: number) => Promise<Buffer>;

/** A body that broke off is decoded as far as it came. */
const zlibOptions = (maxOutputLength: number) => ({ maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH });
const gunzipped: Decode = (bytes, max) => promisify(gunzip)(bytes, zlibOptions(max));
/** RFC 9110 §8.4.1.2 means the zlib format; some servers send the bare one. */
const inflated: Decode = (bytes, max) =>
  promisify(inflate)(bytes, zlibOptions(max)).catch(() => promisify(inflateRaw)(bytes, zlibOptions(max)));

const DECODERS: Readonly<Record<string, Decode>> = {
  gzip: gunzipped,
  'x-gzip': gunzipped,
  deflate: inflated,
  br: (bytes, maxOutputLength) =>
    promisify(brotliDecompress)(bytes, { maxOutputLength, finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: (bytes, maxOutputLength) =>
    promisify(zstdDecompress)(bytes, { maxOutputLength, finishFlush: constants.ZSTD_e_flush }),
};

/** Decodes a body and reads its usage. It never rejects: a body that cannot be decoded is `undecodable`. */
export async function readEncoded(
  encoded: EncodedBody,
  call: Pick<UsageCall, 'method' | 'path' | 'status'>,
): Promise<UsageReport> {
  const { coding, contentType, bytes, isWhole, clientLeft = false } = encoded;
  const decode = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
  if (!decode) return noUsage('undecodable');
  try {
    const body = await decode(bytes, isEventStream(contentType) ? MAX_STREAM_BYTES : MAX_JSON_BYTES);
    const reader = openPlainReader({ ...call, contentType });
    for (let at = 0; at < body.length; at += PIECE_BYTES) reader.push(body.subarray(at, at + PIECE_BYTES));
    return reader.end(isWhole, clientLeft);
  } catch {
    return noUsage('undecodable');
  }
}
