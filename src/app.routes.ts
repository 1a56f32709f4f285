import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isProxied } from './common/error.body.js';
import { errors } from './common/errors.js';
import { exchangeOf } from './common/exchange.js';

/** Answers outside /v1 are for the operator alone: never cached, framed or sniffed. */
const CARRIED = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

interface Route {
  pattern: RegExp;
  methods: Set<string>;
}

const toPattern = (url: string): RegExp =>
  new RegExp(
    `^${url
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replace(/:[^/]+/g, '[^/]+')
      .replace(/\*/g, '.*')}/?$`,
  );

/**
 * Answers a known path with an unknown method 405 and its `Allow` (RFC 9110 §15.5.6), where Fastify says 404.
 * Also sets what every answer outside /v1 carries.
 */
export function allowMethods(fastify: FastifyInstance): void {
  const routes = new Map<string, Route>();
  fastify.addHook('onRoute', ({ url, method }) => {
    const route = routes.get(url) ?? { pattern: toPattern(url), methods: new Set<string>() };
    for (const name of [method].flat()) route.methods.add(name);
    routes.set(url, route);
  });
  fastify.addHook('onRequest', async (request: FastifyRequest, reply) => {
    const { path, requestId } = exchangeOf(request.raw);
    if (!isProxied(path)) void reply.headers({ ...CARRIED, 'x-request-id': requestId });
    if (!request.is404) return;
    const allowed = [...routes.values()]
      .filter(({ pattern }) => pattern.test(path))
      .flatMap(({ methods }) => [...methods]);
    if (allowed.length > 0 && !allowed.includes(request.method))
      throw errors.methodNotAllowed([...new Set(allowed)].toSorted().join(', '));
  });
}
