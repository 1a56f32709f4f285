import type { Handler } from './upstream.connection.js';
import type { Answer } from './upstream.exchange.js';
import { openAiError } from './openai.headers.js';
import type { HeaderLine } from './wire.head.js';

/** What the upstream does after its last byte: keep the connection, end it, or reset it. */
export type Afterwards = 'keep' | 'fin' | 'reset';

/** A fixed, whole answer after the request was received. */
export function answer(content: Answer): Handler {
  return async (exchange) => {
    if (await exchange.receiveAll()) await exchange.answer(content);
  };
}

/** An error answer in OpenAI's shape. */
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

/** Exactly these bytes, after the request was received. */
export function rawAnswer(bytes: string | Buffer, afterwards: Afterwards): Handler {
  return async (exchange) => {
    if (!(await exchange.receiveAll())) return;
    await exchange.write(bytes);
    if (afterwards !== 'keep') exchange[afterwards]();
  };
}

/** Receives the request and never says anything. */
export function silence(): Handler {
  return async (exchange) => void (await exchange.request.closed(Infinity));
}

/** Leaves when the request has been received, without a byte of an answer. */
export const finBeforeHeaders = (): Handler => rawAnswer('', 'fin');
export const resetBeforeHeaders = (): Handler => rawAnswer('', 'reset');

/** Leaves as soon as the request's head is there, while its body may still be on its way. */
export function resetDuringUpload(afterBytes = 0): Handler {
  return async (exchange) => {
    await exchange.request.received(afterBytes, Infinity);
    exchange.reset();
  };
}

/** Answers and sends a redirect; following it would bring the key elsewhere. */
export const redirect = (status: 301 | 302 | 303 | 307 | 308, location: string): Handler =>
  answer({ status, headers: [['location', location]] });

/** 204 or 304 with nothing after it, or with stray bytes that belong to no answer. */
export function bodiless(status: 204 | 304, stray = ''): Handler {
  return rawAnswer(`HTTP/1.1 ${status} No Body\r\nx-request-id: req_bodiless\r\n\r\n${stray}`, 'keep');
}

/** An informational answer every `everyMs`, and never a final one. */
export function endlessInterim(everyMs = 20, status = 103): Handler {
  return async (exchange) => {
    if (!(await exchange.receiveAll())) return;
    const timer = setInterval(() => void exchange.head(status, [['link', '</x>; rel=preload']]), everyMs);
    await exchange.request.closed(Infinity).finally(() => clearInterval(timer));
  };
}

/**
 * Answers at the head, while the upload is on its way. `drain`: goes on taking the upload and keeps the connection;
 * `linger`: ends its own direction at once and goes on taking; `close`: takes no more and closes over what is unread.
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

/** Takes the upload at a trickle, then hands over to `then`. */
export function slowUpload(bytesPerSecond: number, then: Handler): Handler {
  return async (exchange) => {
    exchange.connection.readSlowly(bytesPerSecond);
    await then(exchange);
  };
}

/** A body of that many bytes a second that never ends. */
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
