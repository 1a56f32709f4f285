import type { IncomingMessage } from 'node:http';
import { errors } from '../../common/errors/errors.js';
import { compilePaths } from '../../common/values/path.rules.js';
import type { ParamRule } from '../../config/provider.js';
import type { UsableToken } from '../../token/token.authenticator.js';
import type { TokenScope } from '../../token/token.scope.js';
import { liesBelow } from '../../openai/endpoint.rules.js';
import { FieldValidator, type FieldRule } from './field.validator.js';
import { bodyFraming } from '../../http/request.body.js';

type Models = NonNullable<TokenScope['models']>;

/** Bodies that bear data and start no model: a token that is bound to models may send them without naming one. */
const MODEL_FREE = compilePaths([
  '/v1/files',
  '/v1/uploads',
  '/v1/uploads/**',
  '/v1/vector_stores',
  '/v1/vector_stores/**',
  '/v1/containers',
  '/v1/containers/**',
  '/v1/conversations',
  '/v1/conversations/**',
  '/v1/threads',
  '/v1/threads/*',
  '/v1/threads/*/messages',
  '/v1/threads/*/messages/*',
]);

/** A thread with a run: it does start a model. (`runs` would pass for a thread's id.) */
const THREAD_AND_RUN = '/v1/threads/runs';
const isModelFree = (path: string): boolean => path !== THREAD_AND_RUN && MODEL_FREE.allows(path);

/** Where the model stands in a file, a session or a part of the body that nobody looks into: never for such a token. */
const MODEL_ELSEWHERE = ['/v1/batches', '/v1/evals', '/v1/realtime', '/v1/fine_tuning/alpha'];

/** Actions that have no body. */
const BODILESS = compilePaths([
  '/v1/*/*/cancel',
  '/v1/*/*/*/cancel',
  '/v1/*/*/*/*/cancel',
  '/v1/fine_tuning/jobs/*/pause',
  '/v1/fine_tuning/jobs/*/resume',
  '/v1/realtime/calls/*/hangup',
]);

const BEARS_A_BODY = new Set(['POST', 'PUT', 'PATCH']);

const paramRule = ({ name, allows }: ParamRule): FieldRule => ({
  name,
  fault: (value) => (allows(value) ? undefined : errors.paramNotAllowed(`${name} has a value that is not allowed`)),
});

const modelRule = (models: Models): FieldRule => ({
  name: 'model',
  missing: errors.modelNotNamed(),
  fault: (value) => {
    if (typeof value !== 'string') return errors.paramNotAllowed('model must be text');
    return models.some((model) => model(value)) ? undefined : errors.modelNotAllowed();
  },
});

function fieldRules({ upstream, scope }: UsableToken, path: string): FieldRule[] {
  const rules = (upstream.provider.policy?.params ?? []).map(paramRule);
  if (scope?.models && !isModelFree(path)) rules.push(modelRule(scope.models));
  return rules;
}

/** What the body of a request has to obey; undefined when no rule reads it. Throws for an empty one that a rule needs. */
export function bodyRules(request: IncomingMessage, token: UsableToken, path: string): FieldRule[] | undefined {
  const { length } = bodyFraming(request);
  if (length === 0 && !BEARS_A_BODY.has(request.method!)) return undefined;
  const rules = fieldRules(token, path);
  if (rules.length === 0 || (length === 0 && (BODILESS.allows(path) || isModelFree(path)))) return undefined;
  if (length === 0) throw errors.bodyNotReadable('it is empty');
  if (token.scope?.models && MODEL_ELSEWHERE.some((endpoint) => liesBelow(path, endpoint)))
    throw errors.modelNotNamed();
  return rules;
}

/**
 * Throws for a WebSocket that the rules cannot let pass: its frames are not looked into, so all that is ruled has to
 * be said in the query of `/v1/realtime`, where the model is chosen once.
 */
export function assertWebSocketAllowed(target: string, token: UsableToken, path: string): void {
  const rules = fieldRules(token, path);
  if (rules.length === 0) return;
  const judge = new FieldValidator(rules);
  if (path === '/v1/realtime')
    for (const [name, value] of new URLSearchParams(target.slice(path.length)))
      if (judge.key(name)) judge.value(name, value);
  judge.end();
  if (judge.fault) throw judge.fault;
  if (!judge.isDecided) throw errors.paramNotAllowed(`${rules[0]!.name} cannot be judged on a socket`);
}
