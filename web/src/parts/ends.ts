import type { Overview, RequestRow } from '../api/types';

export type End = RequestRow['end'];

/** What ends a request. */
export const ENDS = [
  'ok',
  'client',
  'upstream',
  'upstream_timeout',
  'proxy',
  'store',
  'limit',
  'auth',
  'drain',
  'revoked',
  'crash',
] as const satisfies readonly End[];

/** Each end in a few words, and in a sentence. Figures have error responses of the upstream apart from `ok`. */
const WORDS: Record<End | Overview['ends'][number]['end'], readonly [string, string]> = {
  ok: ['Answered', 'The response arrived whole.'],
  error_response: ['Error response', 'The upstream answered with an error.'],
  client: ['Client', 'The client left, or sent what cannot be served.'],
  upstream: ['Upstream failed', 'The upstream could not be reached, or broke off.'],
  upstream_timeout: ['Upstream too slow', 'The upstream did not answer in time.'],
  proxy: ['Fault of the proxy', 'The proxy itself failed.'],
  store: ['Store away', 'The database could not be reached.'],
  limit: ['Over a limit', 'A limit of the token, the project or the server refused it.'],
  auth: ['Not allowed', 'Its credential, or what it asked for, was refused.'],
  drain: ['Server stopped', 'The server was stopping.'],
  revoked: ['Revoked', 'The token was revoked or the stream was ended while it ran.'],
  crash: ['Server died', 'The server ended without a word while it ran.'],
};

/** An end in a few words. */
export const endWords = (end: keyof typeof WORDS): string => WORDS[end][0];
/** What an end means, in a sentence. */
export const endSentence = (end: keyof typeof WORDS): string => WORDS[end][1];
