import type { End } from '../api/ends';
import type { RequestRow } from '../api/types';
import type { Tone } from '../ui/badge';

/** Each end in a few words, and in a sentence. */
const WORDS: Record<End, readonly [string, string]> = {
  ok: ['Answered', 'The response arrived whole.'],
  client: ['Client left', 'The client left before the end.'],
  upstream: ['Upstream failed', 'The upstream broke off or could not be reached.'],
  upstream_timeout: ['Upstream too slow', 'The upstream did not answer in time.'],
  proxy: ['Fault of the proxy', 'The proxy itself failed.'],
  store: ['Store away', 'The database could not be reached.'],
  limit: ['Over a limit', 'A limit of the token, the project or the server refused it.'],
  auth: ['Not allowed', 'Its credential, or what it asked for, was refused.'],
  drain: ['Server stopped', 'The server was stopping.'],
  revoked: ['Revoked', 'The token was revoked or the stream was ended while it ran.'],
  crash: ['Server died', 'The server ended without a word while it ran.'],
};

export const endWords = (end: End): string => WORDS[end][0];
export const endSentence = (end: End): string => WORDS[end][1];

/** Nothing is good or bad by its status alone: a stream that broke off had a 200. */
export function toneOf({ status, end }: Pick<RequestRow, 'status' | 'end'>): Tone {
  if (status === undefined) return 'bad';
  if (status >= 500) return 'bad';
  if (status >= 400) return 'warn';
  return end === 'ok' ? 'good' : 'warn';
}
