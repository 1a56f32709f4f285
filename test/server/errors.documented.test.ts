import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ApiError } from '../../src/common/errors/api.error.js';
import { errors } from '../../src/common/errors/errors.js';

const PAGE = 'docs/reference/errors.md';
const ROW = /^\| `(\w+)` \| (\d{3}) \| (true|false|none) \| \S/gm;

const sources = globSync('src/**/*.ts')
  .filter((file) => !file.endsWith('.spec.ts') && !/\/errors\/(?:management\.)?errors\.ts$/.test(file))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

const makers = Object.entries(errors as Record<string, (first: never, second: never) => ApiError>);
const isThrown = (name: string): boolean => new RegExp(`errors\\.${name}\\b`).test(sources);

/** `code status x-should-retry` of every refusal. */
function thrown(): string[] {
  return makers
    .map(([, make]) => make([] as never, [] as never))
    .map(({ code, status, retry }) => `${code} ${status} ${retry ?? 'none'}`);
}

describe('the catalogue of refusals', () => {
  it('has none that nothing throws', () => {
    expect(makers.map(([name]) => name).filter((name) => !isThrown(name))).toEqual([]);
  });
});

describe('the page of refusals', () => {
  it('has every refusal with its status and its x-should-retry, and no other', () => {
    const documented = [...readFileSync(PAGE, 'utf8').matchAll(ROW)].map(([, ...cells]) => cells.join(' '));
    expect(documented.toSorted()).toEqual([...new Set(thrown())].toSorted());
  });
});
