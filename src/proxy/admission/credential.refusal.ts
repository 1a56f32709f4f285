import type { IncomingMessage } from 'node:http';
import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';

/** Where clients of other services put their key. */
const OTHER_HEADERS = [
  'api-key',
  'x-api-key',
  'apikey',
  'x-goog-api-key',
  'x-auth-token',
  'x-access-token',
  'proxy-authorization',
];
const OTHER_PARAMETERS = /[?&](api[_-]?key|key|token|access_token|authorization)=/i;
const KNOWN_SCHEME = /^(basic|digest|negotiate|ntlm|token|apikey|key|jwt|aws4-hmac-sha256)(?= )/i;

/** Why a request without a credential that can be read is refused: it names what was found instead, and repeats no part of it. */
export const credentialRefusal = (request: IncomingMessage, credential: null | undefined): ApiError =>
  credential === null
    ? errors.tokenMalformed(malformed(request.headers.authorization))
    : errors.tokenMissing(foundInstead(request));

function foundInstead({ headers, url = '' }: IncomingMessage): string {
  const header = OTHER_HEADERS.find((name) => headers[name] !== undefined);
  if (header !== undefined) return `the header ${header} is not read`;
  const parameter = OTHER_PARAMETERS.exec(url)?.[1];
  if (parameter !== undefined) return `the parameter ${parameter.toLowerCase()} of the query is not read`;
  return headers.authorization === '' ? 'the header is empty' : '';
}

function malformed(authorization: string | undefined): string {
  if (authorization === undefined) return 'the subprotocol contains none';
  const scheme = KNOWN_SCHEME.exec(authorization)?.[1];
  if (scheme !== undefined) return `Authorization has the scheme ${scheme}; use Bearer`;
  if (/^bearer *$/i.test(authorization)) return 'nothing follows Bearer';
  if (/^bearer +bearer\b/i.test(authorization)) return 'Bearer is written twice';
  if (/^bearer .*(?:\.\.\.|\xe2\x80\xa6|\*)/i.test(authorization))
    return 'it is the shortened form of a token; use the whole token';
  if (/^bearer /i.test(authorization)) return 'it contains a space, a comma or a character that is not ASCII';
  return 'Authorization does not begin with Bearer';
}
