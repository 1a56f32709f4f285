import type { Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { errors } from '../../common/errors/errors.js';

/** A decoder of node:zlib, which works outside the event loop. */
export interface Decoder extends Transform {
  /** Bytes that were decoded; fewer than were written when something stands behind the end. */
  readonly bytesWritten: number;
}

const OPTIONS = { chunkSize: 32 * 1024 };
/** 8 MiB: RFC 9659 §3. */
const ZSTD = { ...OPTIONS, params: { [constants.ZSTD_d_windowLogMax]: 23 } };

/** RFC 9110 §8.4.1, RFC 7932, RFC 8878. Raw deflate data without its wrapper, which some send, is refused as invalid. */
const DECODERS: Readonly<Record<string, () => Decoder>> = {
  gzip: () => createGunzip(OPTIONS),
  'x-gzip': () => createGunzip(OPTIONS),
  deflate: () => createInflate(OPTIONS),
  br: () => createBrotliDecompress(OPTIONS),
  zstd: () => createZstdDecompress(ZSTD),
};

/** The decoder for a value of Content-Encoding; undefined for a plain body. Throws for several codings and for unknown ones. */
export function decoderFor(value: string): Decoder | undefined {
  const codings = value.split(',').map((coding) => coding.trim().toLowerCase());
  const [coding, ...more] = codings.filter((name) => name !== '' && name !== 'identity');
  if (coding === undefined) return undefined;
  if (more.length > 0) throw errors.bodyTypeUnsupported('it has several content codings; use one');
  if (!Object.hasOwn(DECODERS, coding))
    throw errors.bodyTypeUnsupported('its content coding is unknown; use gzip, deflate, br, zstd or none');
  return DECODERS[coding]!();
}
