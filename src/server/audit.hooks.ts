import { Logger } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { AuditDraft, Subjects } from '../audit/row/audit.draft.js';
import { SESSION_CALL_HEADER } from '../auth/session/same.origin.js';
import type { AuditTrail } from '../changes/audit.trail.js';
import { callOf, type ManagementCall, type Origin, startCall } from '../common/audit/management.call.js';
import type { ApiError } from '../common/errors/api.error.js';
import { toApiError } from '../http/error.filter.js';
import { ErrorSampler } from '../http/error.sampler.js';
import { refusal } from '../http/error.body.js';
import { type Exchange, exchangeOf } from '../http/exchange.js';
import { printablePath } from '../http/printable.path.js';
import { routeClassOf } from '../http/route.class.js';
import type { AuditedRoute } from '../common/rest/audited.js';
import { withTimeout } from '../common/values/with.timeout.js';
import { isUuid } from '../common/rest/uuid.js';
import type { NoteRefusal } from './broken.bodies.js';

/** Refusals that concern the caller and not what it asked for. */
const DENIALS = new Set([
  'unauthorized',
  'session_ended',
  'role_not_allowed',
  'too_many_attempts',
  'cross_site_request',
  'confirmation_required',
]);
/** The database has not responded to the call: it may not respond to its row either, which is then written behind the answer. */
const STORE_AWAY: ReadonlySet<string> = new Set(['store_unavailable', 'audit_unavailable']);
/** The age at which such a call is answered. */
const ANSWERED_WITHIN_MS = 1000;
const CHANGING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** Headers of the refusal that the caller does not get. */
const OF_REFUSALS = ['www-authenticate', 'retry-after'];

/** Of management calls, for refusals outside Fastify. */
const REQUESTS = new WeakMap<IncomingMessage, FastifyRequest>();

const configOf = ({ config }: { config?: unknown }): AuditedRoute => config ?? {};

/** Remembers what is known of a management call, before its credential is looked at. */
export function beginCall(request: FastifyRequest): void {
  const exchange = exchangeOf(request.raw);
  REQUESTS.set(request.raw, request);
  const { 'user-agent': agent } = request.headers;
  startCall(request.raw, {
    requestId: exchange.requestId,
    correlationId: exchange.correlationId,
    clientIp: request.ip ?? '',
    userAgent: agent?.replace(/[^\x20-\x7e]/g, '?'),
    method: request.method,
    path: printablePath(exchange),
    origin: originOf(request.headers),
    // A HEAD does nothing.
    action: (request.method !== 'HEAD' && configOf(request.routeOptions).audit) || undefined,
  });
}

function originOf(headers: FastifyRequest['headers']): Origin {
  if (headers['x-llm-proxy-client'] === 'cli') return 'cli';
  return headers[SESSION_CALL_HEADER] === '1' ? 'admin-ui' : 'api';
}

/**
 * Each refused management call has its row in the audit log before its answer. Throws for a route that changes something and
 * says nothing of the audit log. Only management routes get the hook. Returns the same for refusals that pass no hook.
 */
export function auditRefusals(fastify: FastifyInstance, trail: AuditTrail): NoteRefusal {
  const refusals = new AuditedRefusals(trail);
  fastify.addHook('onRoute', (route) => {
    if (routeClassOf(route.url) !== 'management') return;
    assertDecided(route);
    const hook = async (request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> =>
      refusals.beforeSend(request, reply, payload);
    route.onSend = [...[route.onSend ?? []].flat(), hook];
  });
  return async (exchange, error) => refusals.outsideHooks(exchange, error);
}

function assertDecided(route: RouteOptions): void {
  const isChanging = [route.method].flat().some((method) => CHANGING.has(method));
  if (isChanging && configOf(route).audit === undefined)
    throw new Error(`${String(route.method)} ${route.url} has neither @Audited nor @Unaudited`);
}

class AuditedRefusals {
  private readonly causes = new ErrorSampler(new Logger('Audit'));
  /** A body may break while the row of another refusal of the same call is written, and the other way round. */
  private readonly begun = new WeakSet<FastifyRequest>();

  constructor(private readonly trail: AuditTrail) {}

  /** The payload of the answer: that of 503 `audit_unavailable` when the row cannot be written. */
  async beforeSend(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
    const exchange = exchangeOf(request.raw);
    const row = this.write(request, exchange.code, reply.statusCode, payload);
    try {
      await (STORE_AWAY.has(exchange.code ?? '') ? withTimeout(whatIsLeft(exchange), row) : row);
    } catch (error) {
      // The database is away, or the server stops: the call has done nothing, and hears so already.
      if (reply.statusCode !== 503) return this.unavailable(exchange, reply, error);
    }
    return payload;
  }

  /** As `beforeSend`, for a call whose body broke: no handler has seen it. Without a route there was no call yet. */
  async outsideHooks({ request: raw, requestId }: Exchange, error: ApiError): Promise<ApiError> {
    const request = REQUESTS.get(raw);
    try {
      if (request) await this.write(request, error.code, error.status, refusal(error, requestId, false).body);
      return error;
    } catch (thrown) {
      const unavailable = toApiError(thrown);
      this.causes.refused(unavailable, requestId);
      return unavailable;
    }
  }

  private async write(
    request: FastifyRequest,
    code: string | undefined,
    status: number,
    payload: unknown,
  ): Promise<void> {
    const draft = draftOf(request, code, status, payload);
    if (!draft || this.begun.has(request)) return;
    this.begun.add(request);
    await (draft.outcome === 'denied' || !draft.actor ? this.trail.denied(draft) : this.trail.write(draft));
  }

  private unavailable(exchange: Exchange, reply: FastifyReply, thrown: unknown): string {
    const error = toApiError(thrown);
    this.causes.refused(error, exchange.requestId);
    for (const name of OF_REFUSALS) reply.removeHeader(name);
    const { status, headers, body } = refusal(error, exchange.requestId, false);
    void reply.code(status).headers(headers);
    exchange.code = error.code;
    exchange.bytesOut = Buffer.byteLength(body);
    return body;
  }
}

/** Undefined for an answer that needs no row: the call was done and has one, or the route is not audited. */
function draftOf(
  request: FastifyRequest,
  code: string | undefined,
  status: number,
  payload: unknown,
): AuditDraft | undefined {
  const call = callOf(request.raw);
  if (!call || call.rows > 0 || status < 400) return undefined;
  const { actor } = exchangeOf(request.raw);
  const reason = code ?? `status_${status}`;
  const common = { actor, call, reason, ...(actor && { ...projectOf(call), ...subjectsOf(request) }) };
  if (DENIALS.has(reason))
    return {
      ...common,
      action: call.action === 'admin.login' ? 'admin.login' : 'auth.denied',
      outcome: 'denied',
      metadata: { attempted: attempted(call) },
    };
  if (call.action === undefined) return undefined;
  const metadata = { ...messageOf(payload), ...(call.isOutcomeUnknown && { outcome_unknown: true }) };
  return { ...common, action: call.action, outcome: 'failure', metadata };
}

const whatIsLeft = ({ startedAt }: Exchange): number => Math.max(0, startedAt + ANSWERED_WITHIN_MS - performance.now());

const attempted = ({ action, method, path }: ManagementCall): string => action ?? `${method} ${path}`;

const projectOf = ({ projectId }: ManagementCall): Subjects => (projectId === undefined ? {} : { projectId });

/** The id in the path, by the kind of its subject. */
function subjectsOf({ params, routeOptions: { url = '' } }: FastifyRequest): Subjects {
  const { id } = (params ?? {}) as { id?: string };
  if (id === undefined || !isUuid(id)) return {};
  const subject = id.toLowerCase();
  if (url.startsWith('/manage/projects/')) return { projectId: subject };
  return url.startsWith('/manage/tokens/') ? { tokenId: subject } : { subjectId: subject };
}

/** The sentence that the caller gets. Refusals are short JSON texts. */
function messageOf(payload: unknown): { message: string } | Record<string, never> {
  if (typeof payload !== 'string') return {};
  try {
    const { error } = JSON.parse(payload) as { error?: unknown };
    return typeof error === 'string' ? { message: error } : {};
  } catch {
    return {};
  }
}
