import type { ApiError } from '../common/errors/api.error.js';
import type { RouteClass } from './route.class.js';
import { openAiErrorBody } from '../openai/error.shape.js';

export interface Refusal {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: string;
}

/** OpenAI's SDKs ignore a wait of a minute or more, and retry after their own short one. */
const MAX_WAIT_MS = 59_000;

function retryHeaders(error: ApiError, proxied: boolean): Record<string, string> {
  const headers: Record<string, string> = {};
  if (error.retryAfterMs !== undefined) {
    const ms = proxied ? Math.min(error.retryAfterMs, MAX_WAIT_MS) : error.retryAfterMs;
    headers['retry-after'] = String(Math.max(1, Math.ceil(ms / 1000)));
    if (proxied) headers['retry-after-ms'] = String(ms);
  }
  if (proxied && error.retry !== undefined) headers['x-should-retry'] = String(error.retry);
  return headers;
}

const managementBody = (error: ApiError, requestId: string): object => ({
  error: error.message,
  code: error.code,
  ...(error.details ? { details: error.details } : {}),
  request_id: requestId,
});

/** Refusals whose sender speaks OpenAI's API, whatever the path. */
const OPENAI_CODES = new Set(['base_url_invalid']);

/** Paths outside /v1 that are for apps too. */
const OPENAI_PATHS = new Set(['/token']);

/** A target that is refused may be meant for /v1, unless it names /manage. */
export const isOpenAiShaped = ({ code }: ApiError, { route, path }: { route: RouteClass; path: string }): boolean =>
  route === 'proxied' ||
  OPENAI_CODES.has(code) ||
  OPENAI_PATHS.has(path) ||
  (code === 'target_invalid' && route !== 'management');

/** A refusal as it goes on the wire, in the error shape of its path. */
export function refusal(error: ApiError, requestId: string, proxied: boolean): Refusal {
  const body = JSON.stringify(proxied ? openAiErrorBody(error) : managementBody(error, requestId));
  return {
    status: error.status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
      ...(proxied ? { 'x-proxy-error': error.code, 'x-proxy-request-id': requestId } : { 'x-request-id': requestId }),
      ...retryHeaders(error, proxied),
      ...error.headers,
    },
    body,
  };
}
