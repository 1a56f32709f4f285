import { Logger } from '@nestjs/common';
import type { Progress, Verdict } from '../../audit/chain/chain.fault.js';
import type { Exchange } from '../../http/exchange.js';
import { toApiError } from '../../http/error.filter.js';

const PROGRESS_EVERY_MS = 250;
const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // nginx buffers a response without it.
  'x-accel-buffering': 'no',
};

export type Verifying = (onProgress: (progress: Progress) => void, signal: AbortSignal) => Promise<Verdict>;

/**
 * Runs a verification as an event stream (WHATWG HTML §9.2): `progress` four times a second, then `verdict`, or `error` with
 * the code of a refusal. A client that leaves ends the verification.
 */
export async function streamVerdict(
  exchange: Exchange,
  headers: Record<string, string>,
  verify: Verifying,
): Promise<void> {
  const response = exchange.response!;
  exchange.isStream = true;
  const abort = new AbortController();
  response.once('close', () => abort.abort());
  const send = (event: string, data: object): void => {
    const frame = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    exchange.bytesOut += Buffer.byteLength(frame);
    response.write(frame);
  };
  response.writeHead(200, { ...headers, ...STREAM_HEADERS });
  response.flushHeaders();
  let saidAt = performance.now();
  try {
    const verdict = await verify((progress) => {
      if (performance.now() - saidAt < PROGRESS_EVERY_MS) return;
      saidAt = performance.now();
      send('progress', progress);
    }, abort.signal);
    send('verdict', verdict);
  } catch (error) {
    if (abort.signal.aborted) return;
    const { code, message } = toApiError(error);
    new Logger('AuditVerification').error({ msg: 'the audit log cannot be verified', err: error });
    send('error', { error: message, code });
  }
  response.end();
}
