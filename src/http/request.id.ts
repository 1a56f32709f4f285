import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const PLAIN = /^[A-Za-z0-9._-]{1,64}$/;

/** The client's `x-request-id` if it is short and plain (nothing in it can forge a log line), else a new UUID. */
export function requestId(request: IncomingMessage): string {
  const offered = request.headers['x-request-id'];
  return typeof offered === 'string' && PLAIN.test(offered) ? offered : randomUUID();
}
