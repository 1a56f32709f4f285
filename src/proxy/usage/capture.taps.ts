import { Injectable } from '@nestjs/common';
import { redact } from '../../common/values/redact.js';
import { AppConfig } from '../../config/app.config.js';
import type { CapturedBodies, CapturedBody } from '../../http/captured.bodies.js';
import type { Exchange } from '../../http/exchange.js';
import { type BodyReader, BodyTaps, type OpenReader } from '../relay/body.taps.js';

/** Headers that are captured with a body: none of them identifies a client or carries a credential. */
const CAPTURED_HEADERS = new Set([
  'accept',
  'accept-encoding',
  'content-encoding',
  'content-length',
  'content-type',
  'openai-beta',
  'openai-model',
  'openai-processing-ms',
  'openai-version',
  'retry-after',
  'retry-after-ms',
  'user-agent',
  'x-request-id',
]);
/** Endpoints whose bodies carry secrets: client secrets of sessions, keys of an organization. */
const SECRET_BODIES = /^\/v1\/+(?:realtime|organization|chatkit)(?:\/|$)/i;

/** Captures the bodies of exchanges for their events. Switched off, it costs nothing. */
@Injectable()
export class CaptureTaps {
  constructor({ observability }: AppConfig, taps: BodyTaps) {
    const { enabled, capture, maxRequestBodyBytes, maxResponseBodyBytes } = observability;
    if (!enabled || capture === 'off') return;
    const errorsOnly = capture === 'errors';
    const opens =
      (side: keyof CapturedBodies, maxBytes: number): OpenReader =>
      (exchange, headers) =>
        SECRET_BODIES.test(exchange.path)
          ? undefined
          : new CaptureTap(exchange, side, harmless(headers), maxBytes, errorsOnly);
    taps.onRequest(opens('request', maxRequestBodyBytes));
    taps.onResponse(opens('response', maxResponseBodyBytes));
  }
}

/** Keeps the first bytes of one body. */
class CaptureTap implements BodyReader {
  readonly isQuick = true;
  private readonly pieces: Buffer[] = [];
  private left: number;
  private isCut = false;

  constructor(
    private readonly exchange: Exchange,
    private readonly side: keyof CapturedBodies,
    private readonly headers: CapturedBody['headers'],
    maxBytes: number,
    /** Without an error, nothing of the exchange stays captured. */
    private readonly errorsOnly: boolean,
  ) {
    this.left = maxBytes;
  }

  read(piece: Buffer): void {
    if (piece.length > this.left) this.isCut = true;
    if (this.left === 0) return;
    const kept = piece.subarray(0, this.left);
    this.pieces.push(kept);
    this.left -= kept.length;
  }

  end(isWhole: boolean): void {
    const { exchange, side, headers } = this;
    // The bodies end in any order; a request without a body ends before there is a response.
    if (this.errorsOnly && isWell(exchange)) {
      exchange.captured = undefined;
      return;
    }
    const body = { headers, bytes: Buffer.concat(this.pieces), truncated: this.isCut || !isWhole };
    exchange.captured = { ...exchange.captured, [side]: body };
  }
}

/** The upstream's response is complete, and no error. */
const isWell = ({ status, response }: Exchange): boolean =>
  status !== undefined && status < 400 && !!response?.writableEnded;

function harmless(list: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i]!.toLowerCase();
    if (CAPTURED_HEADERS.has(name)) headers[name] = redact(list[i + 1]!);
  }
  return headers;
}
