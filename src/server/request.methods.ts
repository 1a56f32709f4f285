import { METHODS } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** TRACE would show the client's credentials in a body; CONNECT is for another kind of proxy (RFC 9110 §9.3.6, §9.3.8). */
const REFUSED = new Set(['TRACE', 'CONNECT']);

/** Every method that Node's parser knows, but for the two: the upstream judges them. */
const ALLOWED = METHODS.filter((method) => !REFUSED.has(method));

/** The value of `Allow` in a 405. */
export const ALLOW = ALLOWED.join(', ');

/** Of the routes outside /v1. Fastify reads the bodies of these. */
const USUAL = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The routes under /v1 are for all methods. Fastify sees no body of theirs. */
export function addMethods(fastify: FastifyInstance): void {
  for (const method of ALLOWED)
    if (!USUAL.has(method)) fastify.addHttpMethod(method, { hasBody: false, overrideExisting: true });
}
