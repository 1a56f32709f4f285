import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob } from '../common/values/glob.js';
import { compileNetworks } from '../common/values/networks.js';
import { compilePaths, pathPatternProblem } from '../common/values/path.rules.js';
import { globContains, listContains, networkContains, pathContains } from './scope.containment.js';

const RUNS = { numRuns: 1000 };

describe(globContains.name, () => {
  const globs = fc.string({ unit: fc.constantFrom('a', 'b', '*'), minLength: 1, maxLength: 5 });
  const texts = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 7 });

  it('is true only when the outer glob matches all that the inner one does', () => {
    fc.assert(
      fc.property(globs, globs, texts, (outer, inner, text) => {
        fc.pre(globContains(outer, inner) && compileGlob(inner)(text));
        expect(compileGlob(outer)(text)).toBe(true);
      }),
      RUNS,
    );
  });

  it.each([
    ['gpt-4o*', 'gpt-4o-mini', true],
    ['gpt-4o*', 'gpt-4o-*', true],
    ['gpt-4o*', 'gpt-4o*', true],
    ['*', '*', true],
    ['gpt-4o-*', 'gpt-4o*', false],
    ['gpt-4o', 'gpt-4o*', false],
    ['gpt-4o*', 'o3', false],
  ])('%s contains %s: %s', (outer, inner, expected) => expect(globContains(outer, inner)).toBe(expected));
});

describe(pathContains.name, () => {
  const segments = fc.constantFrom('a', 'b', '*', '**', 'a.b');
  const patterns = fc
    .array(segments, { minLength: 1, maxLength: 4 })
    .map((parts) => `/v1/${parts.join('/')}`)
    .filter((pattern) => pathPatternProblem(pattern) === undefined);
  const paths = fc
    .array(fc.constantFrom('a', 'b', 'a.b', 'c%41', 'c'), { minLength: 1, maxLength: 5 })
    .map((parts) => `/v1/${parts.join('/')}`);

  it('is true only when the outer pattern allows all that the inner one does', () => {
    fc.assert(
      fc.property(patterns, patterns, paths, (outer, inner, path) => {
        fc.pre(pathContains(outer, inner) && compilePaths([inner]).allows(path));
        expect(compilePaths([outer]).allows(path)).toBe(true);
      }),
      RUNS,
    );
  });

  it.each([
    ['/v1/files/*', '/v1/files/a', true],
    ['/v1/files/*', '/v1/files/*', true],
    ['/v1/threads/**', '/v1/threads/*/runs', true],
    ['/v1/threads/**', '/v1/threads/a/**', true],
    ['/v1/files/*', '/v1/files/**', false],
    ['/v1/files/*', '/v1/files', false],
    ['/v1/files/a', '/v1/files/*', false],
  ])('%s contains %s: %s', (outer, inner, expected) => expect(pathContains(outer, inner)).toBe(expected));
});

describe(networkContains.name, () => {
  const networks = fc
    .tuple(fc.constantFrom(10, 11), fc.constantFrom(0, 1), fc.constantFrom(0, 128), fc.integer({ min: 0, max: 32 }))
    .map(([a, b, c, bits]) => `${a}.${b}.${c}.0/${bits}`);
  const addresses = fc
    .tuple(fc.constantFrom(10, 11, 200), fc.constantFrom(0, 1), fc.constantFrom(0, 128, 255), fc.nat(255))
    .map((parts) => parts.join('.'));

  it('is true only when the outer network has every address of the inner one', () => {
    fc.assert(
      fc.property(networks, networks, addresses, (outer, inner, address) => {
        fc.pre(networkContains(outer, inner) && compileNetworks([inner]).includes(address));
        expect(compileNetworks([outer]).includes(address)).toBe(true);
      }),
      RUNS,
    );
  });

  it.each([
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.0.0.1', '10.0.0.1/32', true],
    ['2001:db8::/32', '2001:db8:1::/48', true],
    ['10.1.0.0/16', '10.0.0.0/8', false],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['::/0', '10.0.0.1', false],
    ['0.0.0.0/0', '::1', false],
  ])('%s contains %s: %s', (outer, inner, expected) => expect(networkContains(outer, inner)).toBe(expected));
});

describe(listContains.name, () => {
  it('wants each entry within one entry', () => {
    expect(listContains(globContains, ['gpt-4o*', 'o3'], ['gpt-4o-mini', 'o3'])).toBe(true);
    expect(listContains(globContains, ['gpt-4o*'], ['gpt-4o-mini', 'o3'])).toBe(false);
  });
});
