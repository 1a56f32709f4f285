import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import { listed } from '../../common/errors/shown.js';
import type { ParamRule } from '../../config/provider/provider.js';
import type { Exchange } from '../../http/exchange.js';
import { hasModelInQuery, hasNoBody, hidesModel, isModelFree, mayStreamWithoutUsage } from '../../openai/endpoints.js';
import type { UsableToken } from '../../token/token.authenticator.js';
import type { ModelScope } from '../../token/token.scope.js';
import { FieldValidator, type FieldRule } from './field.validator.js';
import { OPAQUE } from './field.value.js';
import { streamUsageRules } from './stream.usage.rules.js';

const METHODS_WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

const paramRule = ({ name, choices, allows }: ParamRule): FieldRule => ({
  name,
  refusal: (value) =>
    value !== OPAQUE && value !== null && allows(value)
      ? undefined
      : errors.paramNotAllowed(name, `is not what the rules of the provider allow: ${listed(choices)}`),
});

const modelRule = ({ globs, names }: ModelScope): FieldRule => ({
  name: 'model',
  missing: () => errors.modelNotNamed(names),
  refusal: (value) => {
    if (typeof value !== 'string') return errors.paramNotAllowed('model', 'must be a text of at most 1024 characters');
    return globs.some((glob) => glob(value)) ? undefined : errors.modelNotAllowed(value, names);
  },
});

function fieldRules({ upstream, scope }: UsableToken, path: string): FieldRule[] {
  const rules = (upstream.provider.policy?.params ?? []).map(paramRule);
  if (scope?.models && !isModelFree(path)) rules.push(modelRule(scope.models));
  return rules;
}

/** The rules for the body of a request; undefined when no rule reads it. Throws for a query that breaks one, and for an empty body that one has to read. */
export function bodyRules(
  { request, path, bodyLength: length }: Exchange,
  token: UsableToken,
): FieldRule[] | undefined {
  const rules = fieldRules(token, path);
  const streamRules = requiresUsage(token, request.method, path) ? streamUsageRules() : [];
  if (rules.length + streamRules.length === 0) return undefined;
  const refusal = request.url!.length > path.length ? judgedQuery(request.url!, path, rules).refusal : undefined;
  if (refusal) throw refusal;
  if (length === 0 && (!METHODS_WITH_BODY.has(request.method!) || hasNoBody(path) || isModelFree(path)))
    return undefined;
  if (length === 0) throw errors.bodyNotReadable('it is empty');
  if (token.scope?.models && hidesModel(path)) throw errors.modelNotNamed(token.scope.models.names);
  return [...rules, ...streamRules];
}

/**
 * Why a request is refused whose body names this model, or none, and has no other field with a rule. As `bodyRules` and what
 * reads the body judge it.
 */
export function modelRefusal(
  token: UsableToken,
  { method, path, model }: { readonly method: string; readonly path: string; readonly model?: string },
): ApiError | undefined {
  const rules = fieldRules(token, path);
  const isEmpty = !METHODS_WITH_BODY.has(method) || (model === undefined && (hasNoBody(path) || isModelFree(path)));
  if (rules.length === 0 || isEmpty) return undefined;
  if (token.scope?.models && hidesModel(path)) return errors.modelNotNamed(token.scope.models.names);
  const validator = new FieldValidator(rules);
  if (model !== undefined && validator.key('model')) validator.value('model', model);
  validator.end();
  return validator.refusal;
}

const requiresUsage = ({ upstream }: UsableToken, method: string | undefined, path: string): boolean =>
  upstream.provider.streamUsage === 'require' && method === 'POST' && mayStreamWithoutUsage(path);

/**
 * Throws for a WebSocket that breaks a rule, or whose rules cannot be checked. Frames are not inspected, so every field with
 * a rule has to be in the query, which only some endpoints read.
 */
export function assertWebSocketAllowed(target: string, token: UsableToken, path: string): void {
  const rules = fieldRules(token, path);
  if (rules.length === 0) return;
  const validator = judgedQuery(target, path, rules);
  if (hasModelInQuery(path)) validator.end();
  if (validator.refusal) throw validator.refusal;
  if (hasModelInQuery(path) && validator.isDecided) return;
  const [rule] = rules;
  throw rule!.missing?.() ?? errors.paramNotAllowed(rule!.name, 'cannot be checked on a WebSocket');
}

/** A rule holds for the query as for the body: some endpoints read a field there, and some servers read both. */
function judgedQuery(target: string, path: string, rules: readonly FieldRule[]): FieldValidator {
  const validator = new FieldValidator(rules.map(forQuery));
  if (target.length > path.length)
    for (const [name, value] of new URLSearchParams(target.slice(path.length)))
      if (validator.key(name)) validator.value(name, value);
  return validator;
}

/** A query has only text: it is allowed as text, or as the number or boolean that it spells. */
const forQuery = (rule: FieldRule): FieldRule => ({
  ...rule,
  refusal: (value) => {
    const refusal = rule.refusal(value);
    return refusal && rule.refusal(spelled(String(value))) ? refusal : undefined;
  },
});

function spelled(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : text;
}
