import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const FLAG = /--max-semi-space-size=\d+/;
const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

describe('the memory flag of Node', () => {
  it('is the same wherever the server is started', () => {
    const { start } = (JSON.parse(read('package.json')) as { scripts: { start: string } }).scripts;
    const entrypoint = /^ENTRYPOINT .*$/m.exec(read('Dockerfile'))?.[0] ?? '';
    const flags = [start, entrypoint, read('bin/llm-proxy.cjs')].map((text) => FLAG.exec(text)?.[0]);
    expect(new Set(flags)).toEqual(new Set(['--max-semi-space-size=8']));
  });
});
