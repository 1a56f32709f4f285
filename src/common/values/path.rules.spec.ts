import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePaths, pathPatternProblem } from './path.rules.js';

const allows = (pattern: string, path: string) => compilePaths([pattern]).allows(path);

describe(compilePaths.name, () => {
  it.each([
    '/v1/modelsX',
    '/v1/models.',
    '/v1/models/',
    '/v1/models/x',
    '/v1/Models',
    '/v1//models',
    '/v1/model',
    '/v1/%6dodels',
  ])('TG-20 /v1/models does not mean %s', (path) => expect(allows('/v1/models', path)).toBe(false));

  it.each([
    ['/v1/models', '/v1/models', true],
    ['/v1/files/*', '/v1/files/file-1', true],
    ['/v1/files/*', '/v1/files', false],
    ['/v1/files/*', '/v1/files/', false],
    ['/v1/files/*', '/v1/files/a/content', false],
    ['/v1/files/*/content', '/v1/files/a/content', true],
    ['/v1/files/*/content', '/v1/files//content', false],
    ['/v1/threads/**', '/v1/threads/a', true],
    ['/v1/threads/**', '/v1/threads/a/runs/b', true],
    ['/v1/threads/**', '/v1/threads', false],
    ['/v1/threads/**', '/v1/threadsX/a', false],
    ['/v1/threads/**', '/v1/threads/a//b', false],
    ['/v1/threads/**', '/v1/threads/a/', false],
    ['/v1/**', '/v1/anything/at/all', true],
  ])('%s on %s is %s', (pattern, path, yes) => expect(allows(pattern, path)).toBe(yes));

  it.each(['/v1/files/a%252fcontent', '/v1/files/a%20b', '/v1/files/%25', '/v1/%66iles/a'])(
    'TG-11 an escape is no plain segment: %s',
    (path) => expect(compilePaths(['/v1/files/*', '/v1/files/a']).allows(path)).toBe(false),
  );

  it('TG-11 below ** an escape may stand, a doubled one may not', () => {
    expect(allows('/v1/threads/**', '/v1/threads/caf%C3%A9')).toBe(true);
    expect(allows('/v1/threads/**', '/v1/threads/%252e%252e/organization')).toBe(false);
    expect(allows('/v1/threads/**', '/v1/%74hreads/a')).toBe(false);
  });

  it('allows no path that a pattern without wildcards does not equal', () => {
    const path = fc
      .string({ unit: fc.constantFrom('a', 'b', '/', '.', '%', '2', '5'), maxLength: 8 })
      .map((text) => `/v1/${text}`);
    fc.assert(
      fc.property(path, (text) => {
        expect(allows('/v1/a', text)).toBe(text === '/v1/a');
      }),
      { numRuns: 2000 },
    );
  });
});

describe(pathPatternProblem.name, () => {
  it.each(['/v1/models', '/v1/files/*', '/v1/files/*/content', '/v1/**', '/v1/ft:x@1'])('accepts %s', (pattern) =>
    expect(pathPatternProblem(pattern)).toBeUndefined(),
  );
  it.each([
    '',
    '/',
    '/v1',
    '/v1/',
    'v1/models',
    '/v2/models',
    '/v1/models/',
    '/v1//a',
    '/v1/gpt*',
    '/v1/**/a',
    '/v1/../a',
    '/v1/./a',
    '/v1/%61',
    '/v1/a?b',
    '/v1/a b',
    '/v1/é',
    `/v1/${'a'.repeat(600)}`,
    5,
    null,
    {},
  ])('refuses %j', (pattern) => expect(pathPatternProblem(pattern)).toBeTruthy());
});
