import { Injectable } from '@nestjs/common';
import { errors } from '../common/errors/errors.js';
import { AppConfig } from '../config/app.config.js';
import { connectorFor } from '../upstream/guarded.connector.js';
import { UpstreamError, type UpstreamErrorKind } from '../upstream/upstream.error.js';
import { UpstreamPool } from '../upstream/upstream.pool.js';
import { ProbedResponse, type ProbeOutcome } from './probed.response.js';
import type { CheckView } from './project.view.js';
import { type UpstreamAccess, UpstreamKey } from './upstream.key.js';

const TARGET = '/v1/models';
const TIMEOUT_MS = 10_000;

const FAILURES: Record<UpstreamErrorKind | 'timeout', string> = {
  unreachable: 'The upstream cannot be reached.',
  connect_timeout: 'No connection to the upstream was made in time.',
  overloaded: 'All connections to the upstream are in use.',
  timeout: `The upstream did not respond within ${TIMEOUT_MS / 1000} s.`,
  reset: 'The upstream closed the connection before a response.',
  protocol: 'The response of the upstream is not valid HTTP/1.1.',
  truncated_request: 'The request could not be sent.',
  invalid_request: 'The stored key contains a character that cannot be sent.',
};

/** What the status of `GET /v1/models` says of the key. */
function meaningOf(status: number): string {
  if (status >= 200 && status < 300) return 'The upstream accepts the key.';
  if (status === 401) return 'The upstream refuses the key.';
  if (status === 403) return 'The upstream refuses the key, or the key may not list models.';
  if (status === 404) return `The upstream has no ${TARGET}: check the base URL. The key could not be judged.`;
  if (status === 429) return 'The upstream limits requests with this key at the moment: check its quota.';
  return `The upstream responds with ${status}. The key could not be judged.`;
}

/** Asks the upstream of a project once, with its stored key. */
@Injectable()
export class UpstreamProbe {
  constructor(
    private readonly key: UpstreamKey,
    private readonly config: AppConfig,
  ) {}

  /** Throws `project_not_found`. */
  async check(projectId: string): Promise<CheckView> {
    const access = await this.key.access(projectId);
    if (!access) throw errors.projectNotFound();
    if (access.authorization === undefined)
      return failed('upstream_auth_error', 'The stored key cannot be decrypted: set the key of the project again.');
    if (!access.provider) return failed('provider_unknown', 'The provider of the project is not configured.');
    const outcome = await this.ask(access, access.authorization);
    if ('failure' in outcome) return failed(outcome.failure, FAILURES[outcome.failure]);
    const { status, connectMs, firstByteMs, models } = outcome;
    const times = { connect_ms: connectMs, first_byte_ms: firstByteMs };
    const ok = status >= 200 && status < 300;
    return { ok, status, reason: meaningOf(status), ...times, ...(models !== undefined && { models }) };
  }

  /** Over a connection of its own, which ends with it: a check also tries the way to the upstream. */
  private async ask({ origin, prefix, provider }: UpstreamAccess, authorization: string): Promise<ProbeOutcome> {
    const connect = connectorFor(origin, provider!, this.config.upstream);
    const pool = new UpstreamPool({ connect, maxConnections: 1, idleMs: 0 });
    const response = new ProbedResponse();
    const timer = setTimeout(() => response.giveUp(), TIMEOUT_MS);
    const headers = ['Authorization', authorization, 'Accept', 'application/json'];
    try {
      const request = { method: 'GET', target: prefix + TARGET, host: new URL(origin).host, headers, length: 0 };
      pool.dispatch(request, null, response);
      return await response.outcome;
    } catch (error) {
      if (error instanceof UpstreamError) return { failure: error.kind };
      throw error;
    } finally {
      clearTimeout(timer);
      pool.close();
    }
  }
}

const failed = (code: string, reason: string): CheckView => ({ ok: false, code, reason });
