import { describe, expect, it } from 'vitest';
import { storedBounds, tokenBoundsProblem } from './token.bounds.rules.js';

describe(tokenBoundsProblem.name, () => {
  it.each([
    [null],
    [{}],
    [{ duration_minutes: 1, max_requests: 1, rate_limit_per_minute: 1, max_concurrent: 1 }],
    [{ allowed_models: ['gpt-*'], allowed_endpoints: ['/v1/files/*'], allowed_ips: ['10.0.0.0/8'] }],
    [{ max_requests: null, allowed_models: null }],
  ])('accepts %j', (bounds) => expect(tokenBoundsProblem(bounds)).toBeUndefined());

  it.each([
    [[], 'must be an object of fields of a token, or null'],
    ['60', 'must be an object of fields of a token, or null'],
    [{ name: 'a' }, '.name is not a known field'],
    [{ duration_minutes: 0 }, '.duration_minutes must be a whole number from 1 to 525600, or null'],
    [{ duration_minutes: 525_601 }, '.duration_minutes must be a whole number from 1 to 525600, or null'],
    [{ max_requests: 0 }, `.max_requests must be a whole number from 1 to ${Number.MAX_SAFE_INTEGER}, or null`],
    [{ max_concurrent: '4' }, '.max_concurrent must be a whole number from 1 to 1000000, or null'],
    [{ rate_limit_per_minute: 1.5 }, '.rate_limit_per_minute must be a whole number from 1 to 1000000, or null'],
    [{ allowed_models: [] }, '.allowed_models must be a list of 1 to 100 entries, or null'],
    [{ allowed_ips: ['host'] }, '.allowed_ips[0] must be an address or a network such as 10.0.0.0/8 or 2001:db8::/32'],
    [{ allowed_endpoints: ['/v2'] }, '.allowed_endpoints[0] must be a path that begins with /v1/'],
  ])('refuses %j: %s', (bounds, problem) => expect(tokenBoundsProblem(bounds)).toBe(problem));
});

describe(storedBounds.name, () => {
  it.each([
    [null, null],
    [{}, null],
    [{ max_requests: null }, null],
    [{ max_requests: null, max_concurrent: 4 }, { max_concurrent: 4 }],
  ])('of %j is %j', (bounds, stored) => expect(storedBounds(bounds)).toEqual(stored));
});
