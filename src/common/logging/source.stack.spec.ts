import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceStack } from './source.stack.js';

describe(sourceStack.name, () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-stack-'));
  const own = join(folder, 'own.js');
  // The first column of the first line comes from line 3, column 5 of the source.
  const map = { version: 3, names: [], sources: ['src/a/b.ts'], mappings: 'AAEI' };
  beforeAll(() => writeFileSync(`${own}.map`, JSON.stringify(map)));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('names the places in the sources', () => {
    const stack = `Error: no\n    at Some.one (${own}:1:7)\n    at async ${own}:1:1`;
    expect(sourceStack(stack, folder)).toBe('Error: no\n    at Some.one (src/a/b.ts:3:5)\n    at async src/a/b.ts:3:5');
  });

  it('leaves alone what has no map, what is elsewhere and what is no frame', () => {
    const stack = [
      `Error: ${own}:1:1`,
      `    at library (${join(folder, 'library.js')}:1:1)`,
      `    at elsewhere (/somewhere/own.js:1:1)`,
      '    at node:internal/process/task_queues:105:5',
      '    at new Promise (<anonymous>)',
    ].join('\n');
    expect(sourceStack(stack, folder)).toBe(stack);
  });
});
