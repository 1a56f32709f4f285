import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../common/values/actor.js';
import type { TokenBounds } from './project.entity.js';
import {
  applyDefaults,
  assertWithin,
  boundsProblem,
  defaultLifetime,
  defaultsProblem,
  type NewTokenFields,
} from './token.bounds.js';

const NOW = Date.UTC(2026, 10, 28);
const MINUTE_MS = 60_000;
const number = fc.integer({ min: 1, max: 20 });
const models = fc.uniqueArray(fc.constantFrom('gpt-*', 'gpt-4o', 'gpt-4o-*', 'o3', '*'), {
  minLength: 1,
  maxLength: 3,
});
const paths = fc.uniqueArray(fc.constantFrom('/v1/**', '/v1/files/*', '/v1/files/a', '/v1/models'), {
  minLength: 1,
  maxLength: 3,
});
const networks = fc.uniqueArray(fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '::/0'), {
  minLength: 1,
  maxLength: 3,
});
const all = {
  duration_minutes: number,
  max_requests: number,
  rate_limit_per_minute: number,
  max_concurrent: number,
  allowed_models: models,
  allowed_endpoints: paths,
  allowed_ips: networks,
};
const bounds: fc.Arbitrary<TokenBounds> = fc.record(all, { requiredKeys: [] });
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const { duration_minutes: _, ...fields } = all;
const bodies: fc.Arbitrary<NewTokenFields> = fc.record(
  {
    duration_minutes: number,
    max_requests: orNull(fc.integer({ min: 0, max: 20 })),
    rate_limit_per_minute: orNull(number),
    max_concurrent: orNull(number),
    allowed_models: orNull(models),
    allowed_endpoints: orNull(paths),
    allowed_ips: orNull(networks),
  },
  { requiredKeys: [] },
);

/** As the service judges a new token. */
function judge(body: NewTokenFields, maxima: TokenBounds | null) {
  const { duration_minutes: minutes } = body;
  const lifetime = minutes === undefined ? defaultLifetime(30 * MINUTE_MS, maxima) : minutes * MINUTE_MS;
  return boundsProblem({ ...body, expiresAt: NOW + lifetime }, maxima, NOW);
}

describe(applyDefaults.name, () => {
  it('changes nothing that the body says, and fills the rest', () => {
    fc.assert(
      fc.property(bodies, bounds, bounds, (body, tokenDefaults, tokenMaxima) => {
        const filled: Record<string, unknown> = { ...applyDefaults(body, { tokenDefaults, tokenMaxima }) };
        expect(filled).toMatchObject(body);
        const names = Object.keys(fields) as (keyof typeof fields)[];
        for (const field of names.filter((name) => !(name in body)))
          expect(filled[field]).toEqual(tokenDefaults[field] ?? tokenMaxima[field]);
      }),
    );
  });

  it('a body that says nothing is within the maxima, when the defaults are', () => {
    fc.assert(
      fc.property(bounds, bounds, (tokenDefaults, tokenMaxima) => {
        fc.pre(defaultsProblem(tokenDefaults, tokenMaxima) === undefined);
        expect(judge(applyDefaults({}, { tokenDefaults, tokenMaxima }), tokenMaxima)).toBeUndefined();
      }),
    );
  });

  it('leaves a body as it is when the project says nothing', () => {
    const body = { max_requests: null };
    expect(applyDefaults(body, { tokenDefaults: null, tokenMaxima: null })).toEqual(body);
  });

  it('a given end is not joined by a default lifetime', () => {
    const body = { expires_at: '2027-01-01T00:00:00Z' };
    expect(applyDefaults(body, { tokenDefaults: { duration_minutes: 5 }, tokenMaxima: null })).toEqual(body);
  });
});

describe(boundsProblem.name, () => {
  it('finds every number beyond its maximum, and none within', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('max_requests', 'rate_limit_per_minute', 'max_concurrent'),
        number,
        number,
        (field, value, maximum) => {
          const problem = boundsProblem({ [field]: value }, { [field]: maximum }, NOW);
          expect(problem).toEqual(value > maximum ? { field, maximum } : undefined);
        },
      ),
    );
  });

  it.each(Object.keys(fields))('no %s at all is beyond a maximum, and not said is not judged', (field) => {
    const maxima: TokenBounds = { [field]: field.startsWith('allowed') ? ['/v1/models'] : 3 };
    expect(boundsProblem({ [field]: null }, maxima, NOW)).toMatchObject({ field });
    expect(boundsProblem({}, maxima, NOW)).toBeUndefined();
  });

  it('a cap of 0 is unlimited', () => {
    expect(boundsProblem({ max_requests: 0 }, { max_requests: 3 }, NOW)).toEqual({ field: 'max_requests', maximum: 3 });
  });

  it('counts a lifetime from now', () => {
    const maxima = { duration_minutes: 10 };
    expect(boundsProblem({ expiresAt: NOW + 11 * MINUTE_MS, duration_minutes: 11 }, maxima, NOW)).toMatchObject({
      field: 'duration_minutes',
    });
    expect(boundsProblem({ expiresAt: NOW + 10 * MINUTE_MS }, maxima, NOW)).toBeUndefined();
    expect(boundsProblem({ expiresAt: NOW + 10 * MINUTE_MS + 1 }, maxima, NOW)).toEqual({
      field: 'expires_at',
      maximum: '10 minutes from now',
    });
  });

  it('a list is within a maximum whose entries contain its own', () => {
    const maxima: TokenBounds = {
      allowed_models: ['gpt-4o*'],
      allowed_endpoints: ['/v1/files/*'],
      allowed_ips: ['10.0.0.0/8'],
    };
    const within = {
      allowed_models: ['gpt-4o-mini'],
      allowed_endpoints: ['/v1/files/a'],
      allowed_ips: ['10.1.2.0/24'],
    };
    expect(boundsProblem(within, maxima, NOW)).toBeUndefined();
    for (const beyond of [{ allowed_models: ['o3'] }, { allowed_endpoints: ['/v1/**'] }, { allowed_ips: ['11.0.0.1'] }])
      expect(boundsProblem({ ...within, ...beyond }, maxima, NOW)).toMatchObject({ field: Object.keys(beyond)[0] });
  });

  it('is not a matter of a project without maxima', () => {
    expect(boundsProblem({ max_requests: null, expiresAt: Number.MAX_SAFE_INTEGER }, null, NOW)).toBeUndefined();
  });
});

describe(defaultsProblem.name, () => {
  it.each([
    [{ duration_minutes: 11 }, { duration_minutes: 10 }, { field: 'duration_minutes', maximum: 10 }],
    [{ max_requests: 11 }, { max_requests: 10 }, { field: 'max_requests', maximum: 10 }],
    [{ max_requests: null, duration_minutes: null }, { max_requests: 10, duration_minutes: 10 }, undefined],
    [{ duration_minutes: 10 }, { duration_minutes: 10 }, undefined],
    [null, { max_requests: 10 }, undefined],
    [{ max_requests: 10 }, null, undefined],
  ] as const)('of %j within %j: %j', (defaults, maxima, problem) =>
    expect(defaultsProblem(defaults, maxima)).toEqual(problem),
  );
});

describe(assertWithin.name, () => {
  const judged = [{ max_requests: 11 }, { max_requests: 10 }, NOW] as const;

  it('refuses a manager and lets an admin pass', () => {
    expect(() => assertWithin({ ...ROOT, role: 'manager' }, ...judged)).toThrow('max_requests is above');
    expect(() => assertWithin(ROOT, ...judged)).not.toThrow();
  });
});
