import { errors } from '../../common/errors/errors.js';
import type { ParamRule } from '../../config/provider.js';
import type { Exchange } from '../../http/exchange.js';
import { hasModelInQuery, hasNoBody, hidesModel, isModelFree } from '../../openai/endpoints.js';
import type { UsableToken } from '../../token/token.authenticator.js';
import type { TokenScope } from '../../token/token.scope.js';
import { FieldValidator, type FieldRule, valueNotAllowed } from './field.validator.js';

type Models = NonNullable<TokenScope['models']>;

const METHODS_WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

const paramRule = ({ name, allows }: ParamRule): FieldRule => ({
  name,
  refusal: (value) => (allows(value) ? undefined : valueNotAllowed(name)),
});

const modelRule = (models: Models): FieldRule => ({
  name: 'model',
  missing: errors.modelNotNamed(),
  refusal: (value) => {
    if (typeof value !== 'string') return errors.paramNotAllowed('model must be text');
    return models.some((model) => model(value)) ? undefined : errors.modelNotAllowed();
  },
});

function fieldRules({ upstream, scope }: UsableToken, path: string): FieldRule[] {
  const rules = (upstream.provider.policy?.params ?? []).map(paramRule);
  if (scope?.models && !isModelFree(path)) rules.push(modelRule(scope.models));
  return rules;
}

/** The rules for the body of a request; undefined when no rule reads it. Throws for an empty body that a rule has to read. */
export function bodyRules(
  { request, path, bodyLength: length }: Exchange,
  token: UsableToken,
): FieldRule[] | undefined {
  if (length === 0 && !METHODS_WITH_BODY.has(request.method!)) return undefined;
  const rules = fieldRules(token, path);
  if (rules.length === 0 || (length === 0 && (hasNoBody(path) || isModelFree(path)))) return undefined;
  if (length === 0) throw errors.bodyNotReadable('it is empty');
  if (token.scope?.models && hidesModel(path)) throw errors.modelNotNamed();
  return rules;
}

/**
 * Throws for a WebSocket that breaks a rule, or whose rules cannot be checked. Frames are not inspected, so every field with
 * a rule has to be in the query, which only some endpoints read.
 */
export function assertWebSocketAllowed(target: string, token: UsableToken, path: string): void {
  const rules = fieldRules(token, path);
  if (rules.length === 0) return;
  const validator = new FieldValidator(rules);
  if (hasModelInQuery(path))
    for (const [name, value] of new URLSearchParams(target.slice(path.length)))
      if (validator.key(name)) validator.value(name, value);
  validator.end();
  if (validator.refusal) throw validator.refusal;
  if (!validator.isDecided) throw errors.paramNotAllowed(`${rules[0]!.name} cannot be checked on a WebSocket`);
}
