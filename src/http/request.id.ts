import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const PLAIN = /^[A-Za-z0-9._-]{1,64}$/;

/** The client's `x-request-id` when it is short and cannot forge a log line, else a new UUID. */
export function requestId(request: IncomingMessage): string {
  const fromClient = request.headers['x-request-id'];
  return typeof fromClient === 'string' && PLAIN.test(fromClient) ? fromClient : randomUUID();
}
