import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const [, table] = /<!-- parity -->\n([^]*)<!-- \/parity -->/.exec(readFileSync('docs/admin/parity.md', 'utf8'))!;
const ROWS = table!
  .trim()
  .split('\n')
  .slice(2)
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  ) as [string, string, string, string][];
const NUMBERS = { login: 5, projects: 11, tokens: 11, revoke: 6, audit: 10, timestamps: 10, workflows: 6 };

const titlesOf = (file: string): string =>
  existsSync(file) ? readFileSync(file, 'utf8').replaceAll("\\'", "'") : '(there is no such file)';

describe('the table of parity', () => {
  it('has every test of the Go system', () => {
    const counted = Object.keys(NUMBERS).map((group) => [group, ROWS.filter(([name]) => name === group).length]);
    expect(Object.fromEntries(counted)).toEqual(NUMBERS);
    expect(ROWS).toHaveLength(59);
  });

  it.each(ROWS.filter(([, , , title]) => title !== 'open'))('%s: %s', (_group, _behaviour, file, title) => {
    expect(titlesOf(`test/web/${file}.test.ts`)).toContain(`'${title}'`);
  });
});
