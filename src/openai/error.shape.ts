import type { ApiError } from '../common/errors/api.error.js';

/** `type` of OpenAI's error object by HTTP status. */
const TYPES: Record<number, string> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
};

const errorType = (status: number): string =>
  TYPES[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error');

/** OpenAI's error object: https://platform.openai.com/docs/guides/error-codes. */
export const openAiErrorBody = ({ status, code, message, param }: ApiError): object => ({
  error: { message, type: errorType(status), param: param ?? null, code },
});
