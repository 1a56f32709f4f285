import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** Groups of reference/hostile-inputs.md and of reference/faults.md §3.3 and §3.4. */
const GROUPS = ['FR', 'TG', 'HD', 'AU', 'RS', 'BD', 'RX', 'SL', 'CL', 'UP'];
const ID = new RegExp(`\\b(?:${GROUPS.join('|')})-\\d\\d\\b`, 'g');

const testsIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    // The framing rows are data, with their names, for the tests with and without a front end.
    .filter((name) => /\.(?:test|spec)\.ts$|hostile\.framing\.ts$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'));

it('counts the hostile rows that have a test by their name', () => {
  const ids = new Set([...testsIn('test'), ...testsIn('src')].flatMap((text) => text.match(ID) ?? []));
  const counts = GROUPS.map((group) => `${group} ${[...ids].filter((id) => id.startsWith(group)).length}`);
  process.stdout.write(`hostile rows: ${ids.size} covered (${counts.join(', ')})\n`);
  expect(ids.size).toBeGreaterThan(100);
});
