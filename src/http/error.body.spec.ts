import { describe, expect, it } from 'vitest';
import { ApiError } from '../common/errors/api.error.js';
import { isOpenAiShaped, refusal } from './error.body.js';
import { errors } from '../common/errors/errors.js';

describe(refusal.name, () => {
  it('speaks the management shape', () => {
    const { status, headers, body } = refusal(errors.projectExists(), 'id-1', false);
    expect(status).toBe(409);
    expect(JSON.parse(body)).toEqual({
      error: 'A project with this name already exists.',
      code: 'project_exists',
      request_id: 'id-1',
    });
    expect(headers).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
      'x-request-id': 'id-1',
    });
  });

  it('names the faulty fields', () => {
    const details = [{ field: 'name', message: 'name is bad' }];
    const { body } = refusal(errors.validationFailed(details), 'id-1', false);
    expect(JSON.parse(body)).toEqual({ error: 'name is bad', code: 'validation_failed', details, request_id: 'id-1' });
  });

  it('speaks OpenAI’s shape under /v1 and says whether to try again', () => {
    const { status, headers, body } = refusal(errors.storeUnavailable(new Error('secret cause')), 'id-2', true);
    expect(status).toBe(503);
    expect(JSON.parse(body)).toEqual({
      error: {
        message: 'The database is not available at the moment; try again.',
        type: 'server_error',
        param: null,
        code: 'store_unavailable',
      },
    });
    expect(headers).toMatchObject({
      'x-proxy-error': 'store_unavailable',
      'x-proxy-request-id': 'id-2',
      'x-should-retry': 'true',
      'retry-after': '1',
      'retry-after-ms': '1000',
    });
    expect(headers).not.toHaveProperty('x-request-id');
  });

  it.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [403, 'permission_error'],
    [404, 'not_found_error'],
    [429, 'rate_limit_error'],
    [502, 'server_error'],
  ])('calls a %i %s', (status, type) => {
    expect(JSON.parse(refusal(new ApiError(status, 'x', 'y'), 'id', true).body)).toMatchObject({ error: { type } });
  });

  it.each([
    [1, '1'],
    [999, '1'],
    [1001, '2'],
    [60_000, '60'],
  ])('rounds %i ms up to %s s', (ms, seconds) => {
    expect(refusal(errors.tooManyAttempts(ms), 'id', false).headers).toMatchObject({ 'retry-after': seconds });
    expect(refusal(errors.tooManyAttempts(ms), 'id', false).headers).not.toHaveProperty('retry-after-ms');
  });

  it('announces no wait to a client of OpenAI that it would ignore', () => {
    const { headers } = refusal(errors.rateLimitExceeded({ of: 'x', retryAfterMs: 3_600_000 }), 'id', true);
    expect(headers).toMatchObject({ 'retry-after': '59', 'retry-after-ms': '59000', 'x-should-retry': 'true' });
  });

  it('counts the length in bytes', () => {
    const { headers, body } = refusal(new ApiError(400, 'x', 'ä€😀'), 'id', false);
    expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
  });
});

describe(isOpenAiShaped.name, () => {
  it.each([
    ['proxied', '/v1/%00', true],
    ['page', '/%00', true],
    ['page', '/token', true],
    ['management', '/manage/tokens/%00', false],
  ] as const)('of a %s target that is refused, %s: %s', (route, path, shaped) =>
    expect(isOpenAiShaped(errors.targetInvalid('x'), { route, path })).toBe(shaped),
  );

  it('always, where a base URL is wrong', () =>
    expect(isOpenAiShaped({ code: 'base_url_invalid' } as ApiError, { route: 'management', path: '/manage' })).toBe(
      true,
    ));
});
