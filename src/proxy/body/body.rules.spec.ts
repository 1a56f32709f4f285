import { describe, expect, it } from 'vitest';
import type { ApiError } from '../../common/errors/api.error.js';
import { compileGlob } from '../../common/values/glob.js';
import type { UsableToken } from '../../token/token.authenticator.js';
import { assertWebSocketAllowed } from './body.rules.js';

const token = (models: string[], params: string[] = []) =>
  ({
    scope: { models: { globs: models.map(compileGlob), names: models } },
    upstream: { provider: { policy: { params: params.map((name) => ({ name, choices: [], allows: () => true })) } } },
  }) as unknown as UsableToken;

function codeOf(target: string, bound: UsableToken): string | undefined {
  try {
    assertWebSocketAllowed(target, bound, target.split('?')[0]!);
    return undefined;
  } catch (error) {
    return (error as ApiError).code;
  }
}

describe(assertWebSocketAllowed.name, () => {
  it.each([
    ['/v1/realtime?model=gpt-realtime', undefined],
    ['/v1/realtime?x=1&model=gpt%2Drealtime', undefined],
    ['/v1/realtime?model=dear', 'model_not_allowed'],
    ['/v1/realtime', 'model_not_allowed'],
    ['/v1/realtime?intent=transcription', 'model_not_allowed'],
    ['/v1/realtime?model=gpt-realtime&model=dear', 'param_not_allowed'],
    ['/v1/realtime?model=gpt-realtime&Model=dear', 'param_not_allowed'],
    ['/v1/realtime?model=gpt-realtime&%6dodel=dear', 'param_not_allowed'],
    ['/v1/responses?model=gpt-realtime', 'model_not_allowed'],
  ])('a token bound to models, on %s: %s', (target, code) =>
    expect(codeOf(target, token(['gpt-realtime']))).toBe(code),
  );

  it('refuses a rule that cannot be checked', () =>
    expect(codeOf('/v1/realtime?model=a', token(['a'], ['temperature']))).toBe('param_not_allowed'));
});
