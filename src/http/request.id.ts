import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { hasSecret } from '../common/values/redact.js';

const PLAIN = /^[A-Za-z0-9._-]{1,64}$/;
/** Keys of OpenAI and of common providers, withering tokens, JSON web tokens. `task-1` and the like are ids. */
const CREDENTIAL =
  /(?:^|[._-])(?:sk-[\w-]{8}|gsk_|xai-|hf_|gh[pousr]_|AIza|Bearer)|sk-(?:wt|proj|svcacct|admin)-|^eyJ/i;
/** A shorter part of a credential is an accident. */
const MIN_PART_LENGTH = 12;

/**
 * The client's `x-request-id` when it is short, cannot forge a log line, is no credential and has none of the `secrets` in it,
 * else a new UUID.
 */
export function requestId({ headers }: IncomingMessage, secrets: readonly string[] = []): string {
  return plainId(headers['x-request-id'], headers.authorization, secrets) ?? randomUUID();
}

/** The client's `x-correlation-id` under the same rules, else undefined. */
export const correlationId = ({ headers }: IncomingMessage, secrets: readonly string[] = []): string | undefined =>
  plainId(headers['x-correlation-id'], headers.authorization, secrets);

const plainId = (
  id: string | string[] | undefined,
  authorization: string | undefined,
  secrets: readonly string[],
): string | undefined =>
  typeof id === 'string' && PLAIN.test(id) && !isCredential(id, authorization) && !isSecret(id, secrets)
    ? id
    : undefined;

const isCredential = (id: string, authorization = ''): boolean =>
  CREDENTIAL.test(id) || (id.length >= MIN_PART_LENGTH && authorization.includes(id));

const isSecret = (id: string, secrets: readonly string[]): boolean =>
  hasSecret(id, secrets) || (id.length >= MIN_PART_LENGTH && secrets.some((secret) => secret.includes(id)));
