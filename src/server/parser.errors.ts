import type { ApiError } from '../common/errors/api.error.js';
import { errors } from '../common/errors/errors.js';

/** What an error of Node's HTTP parser means to the client, by its code. */
export function parserRefusal({ code }: NodeJS.ErrnoException): ApiError {
  if (code === 'HPE_HEADER_OVERFLOW') return errors.headersTooLarge();
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return errors.requestTimeout();
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return errors.requestInvalid('its chunk extensions are too large');
  return code === 'HPE_INVALID_EOF_STATE' ? errors.bodyTruncated() : errors.requestInvalid('it is not HTTP/1.1');
}
