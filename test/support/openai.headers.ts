import type { Answer } from './upstream.exchange.js';
import type { HeaderLine } from './wire.head.js';

let answered = 0;

/** The header lines of every response of the OpenAI API. Each call has its own `x-request-id`. */
export function openAiHeaders(contentType: string): HeaderLine[] {
  answered += 1;
  return [
    ['Date', new Date().toUTCString()],
    ['Content-Type', contentType],
    ['openai-organization', 'org-recorded'],
    ['openai-processing-ms', '12'],
    ['openai-version', '2020-10-01'],
    ['x-ratelimit-limit-requests', '10000'],
    ['x-ratelimit-remaining-requests', '9999'],
    ['x-ratelimit-reset-requests', '6ms'],
    ['x-ratelimit-limit-tokens', '200000'],
    ['x-ratelimit-remaining-tokens', '199990'],
    ['x-ratelimit-reset-tokens', '3ms'],
    ['x-request-id', `req_${answered.toString(16).padStart(32, '0')}`],
    ['Set-Cookie', '__cf_bm=recorded.one; path=/; HttpOnly; Secure'],
    ['Set-Cookie', '_cfuvid=recorded.two; path=/; HttpOnly; Secure'],
    ['CF-RAY', '8f0000000000abcd-FRA'],
  ];
}

export function jsonAnswer(content: unknown, status = 200): Answer {
  return { status, headers: openAiHeaders('application/json'), body: JSON.stringify(content) };
}

export function openAiError(status: number, code: string, headers: readonly HeaderLine[] = []): Answer {
  const type = status >= 500 ? 'server_error' : status === 429 ? 'requests' : 'invalid_request_error';
  const error = { message: `upstream says ${code}`, type, param: null, code };
  const { headers: usual = [], body } = jsonAnswer({ error }, status);
  return { status, headers: [...usual, ...headers], ...(body === undefined ? {} : { body }) };
}
