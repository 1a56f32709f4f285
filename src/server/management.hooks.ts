import type { FastifyInstance, FastifyRequest, preValidationHookHandler } from 'fastify';
import { beginCall } from './audit.hooks.js';
import type { ManagementGuard } from '../auth/management.guard.js';
import { errors } from '../common/errors/errors.js';
import { exchangeOf } from '../http/exchange.js';
import { routeClassOf } from '../http/route.class.js';
import { isDeeperThan } from '../common/rest/json.depth.js';

/** Of every response outside /v1: it is for the operator alone, and is never cached, framed or sniffed. */
const RESPONSE_HEADERS = {
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

// The hooks take callbacks: proxied requests pass them too, and an async hook would cost each of them a promise.

/** Sets the headers of responses outside /v1. Authenticates management calls before a body is read. */
export function guardManagement(fastify: FastifyInstance, guard: ManagementGuard): void {
  fastify.addHook('onRequest', (request: FastifyRequest, reply, done) => {
    const { route, requestId, correlationId } = exchangeOf(request.raw);
    if (route === 'proxied') return done();
    void reply.headers({ ...RESPONSE_HEADERS, 'x-request-id': requestId });
    if (correlationId !== undefined) void reply.header('x-correlation-id', correlationId);
    // A request may name a media type and have no body: there is nothing to parse.
    if (!hasBody(request.headers)) delete request.headers['content-type'];
    if (routeClassOf(request.routeOptions.url ?? '') !== 'management') return done();
    beginCall(request);
    guard.authenticate(request).then(() => done(), done);
  });
}

/** Counts the body of a response that Fastify sends: all but those of an upstream, and streamed files of pages. */
export function countBytes(fastify: FastifyInstance): void {
  fastify.addHook('onSend', ({ raw }: FastifyRequest, _reply, payload, done) => {
    const isCounted = raw.method !== 'HEAD' && (typeof payload === 'string' || Buffer.isBuffer(payload));
    if (isCounted) exchangeOf(raw).bytesOut = Buffer.byteLength(payload);
    done();
  });
}

/** No body of the management API nests deeper than this. A validator that walks a deeper one runs out of stack. */
const MAX_DEPTH = 8;

/** Refuses a body that nests too deep, before a validator walks it. Bodies under /v1 are not parsed here. */
export function limitDepth(fastify: FastifyInstance): void {
  const limit: preValidationHookHandler = ({ body }, _reply, done) => {
    done(isDeeperThan(MAX_DEPTH, body) ? errors.jsonInvalid() : undefined);
  };
  fastify.addHook('onRoute', (route) => {
    if (routeClassOf(route.url) !== 'proxied') route.preValidation = limit;
  });
}

const hasBody = ({ 'content-length': length, 'transfer-encoding': encoding }: FastifyRequest['headers']): boolean =>
  encoding !== undefined || (length !== undefined && length !== '0');

/** Refuses an unknown method of a known path with 405 and `Allow` (RFC 9110 §15.5.6), where Fastify responds 404. */
export function allowMethods(fastify: FastifyInstance): void {
  const routes = new Map<string, Route>();
  fastify.addHook('onRoute', ({ url, method }) => {
    const route = routes.get(url) ?? { pattern: toPattern(url), methods: new Set<string>() };
    for (const name of [method].flat()) route.methods.add(name);
    routes.set(url, route);
  });
  fastify.addHook('onRequest', (request: FastifyRequest, _reply, done) => {
    if (!request.is404) return done();
    const { path } = exchangeOf(request.raw);
    const allowed = [...routes.values()]
      .filter(({ pattern }) => pattern.test(path))
      .flatMap(({ methods }) => [...methods]);
    const isWrongMethod = allowed.length > 0 && !allowed.includes(request.method);
    done(isWrongMethod ? errors.methodNotAllowed([...new Set(allowed)].toSorted().join(', ')) : undefined);
  });
}
