import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errors } from '../../common/errors/errors.js';
import { exchangeOf } from '../../http/exchange.js';
import { Cors } from './cors.js';
import { endpointRefusal } from '../../openai/endpoint.rules.js';

const MAX_AGE_SECONDS = '86400';
const ALL_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** What may be repeated as a list of header names. */
const HEADER_NAMES = /^[!#$%&'*+.^_`|~0-9A-Za-z, \t-]{0,1024}$/;

/**
 * Responds to preflights (Fetch standard, "CORS-preflight request") without a token, which browsers do not send with
 * them. A hook and not a guard, and only where a provider allows origins: no other request pays for it.
 */
@Injectable()
export class CorsPreflight {
  constructor(
    host: HttpAdapterHost<FastifyAdapter>,
    private readonly cors: Cors,
  ) {
    if (!cors.providers) return;
    const fastify: FastifyInstance = host.httpAdapter.getInstance();
    fastify.addHook('onRequest', async (request, reply) => this.preflight(request, reply));
  }

  private async preflight(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { origin, 'access-control-request-method': method } = request.headers;
    const { path, route } = exchangeOf(request.raw);
    if (request.method !== 'OPTIONS' || route !== 'proxied' || origin === undefined || method === undefined) return;
    const headers = { ...this.headersFor(origin, path), ...allowedHeaders(request) };
    await reply.code(204).headers(headers).send();
  }

  /** Throws for an origin that no provider allows, and for a path that no provider allows to it. */
  private headersFor(origin: string, path: string): Record<string, string> {
    const own = this.cors.providers!.filter(({ policy }) => policy!.origins!.has(origin));
    if (own.length === 0) throw errors.originNotAllowed(origin);
    const open = own.filter(
      ({ policy }) => !endpointRefusal(path, policy!.allowsOrganization) && (policy!.endpoints?.allows(path) ?? true),
    );
    if (open.length === 0) throw errors.endpointNotAllowed('the provider');
    const methods = ALL_METHODS.filter((method) =>
      open.some(({ policy }) => policy!.methods?.includes(method) ?? true),
    );
    return {
      'access-control-allow-origin': origin,
      'access-control-allow-methods': methods.join(', '),
      'access-control-max-age': MAX_AGE_SECONDS,
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    };
  }
}

function allowedHeaders({ headers }: FastifyRequest): Record<string, string> {
  const asked = headers['access-control-request-headers'];
  return asked !== undefined && HEADER_NAMES.test(asked) ? { 'access-control-allow-headers': asked } : {};
}
