import type { Handler } from './upstream.connection.js';
import type { Answer } from './upstream.exchange.js';
import { openAiError } from './openai.headers.js';
import type { HeaderLine } from './wire.head.js';

/** The upstream keeps, ends or resets the connection after its last byte. */
export type Afterwards = 'keep' | 'fin' | 'reset';

/** A fixed, complete response to a complete request. */
export function answer(content: Answer): Handler {
  return async (exchange) => {
    if (await exchange.receiveAll()) await exchange.answer(content);
  };
}

/** An error response in OpenAI's shape. */
export function failing(status: number, code: string, headers: readonly HeaderLine[] = []): Handler {
  return answer(openAiError(status, code, headers));
}

export const rateLimited = (retryAfterSeconds = 20): Handler =>
  failing(429, 'rate_limit_exceeded', [
    ['retry-after', String(retryAfterSeconds)],
    ['retry-after-ms', String(retryAfterSeconds * 1000)],
  ]);
export const serverError = (): Handler => failing(500, 'server_error');
export const unauthorized = (): Handler => failing(401, 'invalid_api_key');

/** Exactly these bytes in response to a complete request. */
export function rawAnswer(bytes: string | Buffer, afterwards: Afterwards): Handler {
  return async (exchange) => {
    if (!(await exchange.receiveAll())) return;
    await exchange.write(bytes);
    if (afterwards !== 'keep') exchange[afterwards]();
  };
}

/** Receives the request and never responds. */
export function silence(): Handler {
  return async (exchange) => void (await exchange.request.closed(Infinity));
}

/** Ends or resets the connection after the request, without a byte of a response. */
export const finBeforeHeaders = (): Handler => rawAnswer('', 'fin');
export const resetBeforeHeaders = (): Handler => rawAnswer('', 'reset');

/** Resets the connection after `afterBytes` of the request body, which may still be arriving. */
export function resetDuringUpload(afterBytes = 0): Handler {
  return async (exchange) => {
    await exchange.request.received(afterBytes, Infinity);
    exchange.reset();
  };
}

/** A redirect. A proxy that followed it would send the key to another host. */
export const redirect = (status: 301 | 302 | 303 | 307 | 308, location: string): Handler =>
  answer({ status, headers: [['location', location]] });

/** 204 or 304, with `stray` bytes after it that belong to no response. */
export function bodiless(status: 204 | 304, stray = ''): Handler {
  return rawAnswer(`HTTP/1.1 ${status} No Body\r\nx-request-id: req_bodiless\r\n\r\n${stray}`, 'keep');
}

/** An informational response every `everyMs` and never a final one. */
export function endlessInterim(everyMs = 20, status = 103): Handler {
  return async (exchange) => {
    if (!(await exchange.receiveAll())) return;
    const timer = setInterval(() => void exchange.head(status, [['link', '</x>; rel=preload']]), everyMs);
    await exchange.request.closed(Infinity).finally(() => clearInterval(timer));
  };
}

/**
 * Responds to the head while the upload is still arriving. `drain`: reads the upload and keeps the connection; `linger`:
 * ends its own side at once and reads the upload; `close`: stops reading and closes the connection.
 */
export function earlyAnswer(
  content: Answer = openAiError(413, 'body_too_large'),
  rest: 'drain' | 'linger' | 'close' = 'drain',
): Handler {
  return async (exchange) => {
    if (rest === 'close') exchange.connection.stopReading();
    const leaving: HeaderLine[] = rest === 'drain' ? [] : [['connection', 'close']];
    await exchange.answer({ ...content, headers: [...(content.headers ?? []), ...leaving] });
    if (rest === 'linger') exchange.fin();
    if (rest === 'close') exchange.connection.destroy();
  };
}

/** Reads the upload slowly while `then` handles the request. */
export function slowUpload(bytesPerSecond: number, then: Handler): Handler {
  return async (exchange) => {
    exchange.connection.readSlowly(bytesPerSecond);
    await then(exchange);
  };
}

/** An endless body of that many bytes a second. */
export function neverEnding(bytesPerSecond = 1024, everyMs = 50): Handler {
  return async (exchange) => {
    if (!(await exchange.receiveAll())) return;
    await exchange.head(200, [
      ['content-type', 'text/event-stream'],
      ['transfer-encoding', 'chunked'],
    ]);
    const piece = ':'.padEnd(Math.max(1, Math.round((bytesPerSecond * everyMs) / 1000) - 1), '.') + '\n';
    const timer = setInterval(() => void exchange.chunk(piece), everyMs);
    await exchange.request.closed(Infinity).finally(() => clearInterval(timer));
  };
}
