// Prints how many rows of the catalogue of hostile inputs and faults have a test that bears their id in its name.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The groups of ids, in the order of docs/development/index.md and of the printed line. */
const GROUPS = ['FR', 'TG', 'HD', 'AU', 'RS', 'BD', 'RX', 'SL', 'CL', 'UP'];
const ID = new RegExp(`\\b(?:${GROUPS.join('|')})-\\d\\d\\b`, 'g');
/** The framing rows are a table that two tests share. */
const HAS_TESTS = /\.(?:test|spec)\.ts$|hostile\.framing\.ts$/;

const textsIn = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => HAS_TESTS.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'));

const ids = new Set([...textsIn('test'), ...textsIn('src')].flatMap((text) => text.match(ID) ?? []));
const counts = GROUPS.map((group) => `${group} ${[...ids].filter((id) => id.startsWith(group)).length}`);
process.stdout.write(`hostile rows: ${ids.size} covered (${counts.join(', ')})\n`);
if (ids.size < 100) throw new Error('far fewer rows than there are: the scan of the test files is wrong');
