import type { IncomingMessage } from 'node:http';
import { errors } from '../../common/errors/errors.js';
import type { ParamRule } from '../../config/provider.js';
import type { UsableToken } from '../../token/token.authenticator.js';
import type { TokenScope } from '../../token/token.scope.js';
import { hasModelInQuery, hasNoBody, hidesModel, isModelFree } from '../../openai/endpoints.js';
import { FieldValidator, type FieldRule } from './field.validator.js';
import { bodyFraming } from '../../http/request.body.js';

type Models = NonNullable<TokenScope['models']>;

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

function fieldRules({ upstream, narrowing }: UsableToken, path: string): FieldRule[] {
  const rules = (upstream.provider.policy?.params ?? []).map(paramRule);
  if (narrowing?.models && !isModelFree(path)) rules.push(modelRule(narrowing.models));
  return rules;
}

/** What the body of a request has to obey; undefined when no rule reads it. Throws for an empty one that a rule needs. */
export function bodyRules(request: IncomingMessage, token: UsableToken, path: string): FieldRule[] | undefined {
  const { length } = bodyFraming(request);
  if (length === 0 && !BEARS_A_BODY.has(request.method!)) return undefined;
  const rules = fieldRules(token, path);
  if (rules.length === 0 || (length === 0 && (hasNoBody(path) || isModelFree(path)))) return undefined;
  if (length === 0) throw errors.bodyNotReadable('it is empty');
  if (token.narrowing?.models && hidesModel(path)) throw errors.modelNotNamed();
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
  if (hasModelInQuery(path))
    for (const [name, value] of new URLSearchParams(target.slice(path.length)))
      if (judge.key(name)) judge.value(name, value);
  judge.end();
  if (judge.fault) throw judge.fault;
  if (!judge.isDecided) throw errors.paramNotAllowed(`${rules[0]!.name} cannot be judged on a socket`);
}
