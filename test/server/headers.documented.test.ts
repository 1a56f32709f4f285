import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  clientHeaders,
  FAMILIES,
  NEVER_A_CONNECTION_OPTION,
  NEVER_A_TRAILER,
  NEVER_TO_THE_CLIENT,
  NEVER_UPSTREAM,
  upstreamHeaders,
} from '../../src/http/header.rules.js';

const FILE = 'docs/reference/headers.md';
const PAGE = readFileSync(FILE, 'utf8');
const BLOCK = /(<!-- families -->\n)[^]*?(<!-- \/families -->)/;
const DROPPED = /^\| (`[^|]+`) \| dropped \| \S/gm;

/** The text under a heading, up to the next heading of any level. */
function section(heading: string): string {
  const start = PAGE.indexOf(`\n${heading}\n`) + heading.length + 2;
  const end = PAGE.indexOf('\n#', start);
  return PAGE.slice(start, end === -1 ? undefined : end);
}

const namesIn = (text: string): string[] => [...text.matchAll(/`([a-z0-9_*-]+)`/g)].map(([, name]) => name!);

/** The names in the rows of a section that are dropped whatever their value. */
const droppedIn = (heading: string): string[] =>
  [...section(heading).matchAll(DROPPED)].flatMap(([, cell]) => (cell!.includes(' with ') ? [] : namesIn(cell!)));

/** The names of the paragraph that is nothing but a list of names. */
const listIn = (heading: string): string[] =>
  section(heading)
    .split('\n')
    .filter((line) => /^(`[^`]+`(, )?)+$/.test(line))
    .flatMap(namesIn);

const sorted = (names: Iterable<string>): string[] => [...names].toSorted();
const isFamily = (name: string): boolean => name.endsWith('*');
const memberOf = (family: string): string => family.replace('*', 'anything');

const code = (names: readonly string[] = []): string => names.map((name) => `\`${name}\``).join(', ');
const rows = FAMILIES.map(
  ({ name, source, names, except }) => `| [${name}](${source}) | ${code(names)} | ${code(except)} |\n`,
);
const FAMILY_TABLE = `| added by | headers | forwarded |\n|---|---|---|\n${rows.join('')}`;

describe('the page of headers', () => {
  it.each([
    ['## To the upstream', NEVER_UPSTREAM, (name: string) => upstreamHeaders([name, 'x'], 'Bearer key')],
    ['## To the client', NEVER_TO_THE_CLIENT, (name: string) => clientHeaders([name, 'x'])],
  ])('%s has every header that is dropped, and no other', (heading, dropped, forward) => {
    const documented = droppedIn(heading);
    const replaced = [...dropped].filter((name) => section(heading).includes(`| \`${name}\` | replaced |`));
    expect(sorted(new Set([...documented, ...replaced])).filter((name) => !isFamily(name))).toEqual(sorted(dropped));
    for (const family of documented.filter(isFamily)) expect(forward(memberOf(family))).toEqual([]);
  });

  it('has every name that Connection cannot drop', () => {
    expect(sorted(listIn('### Names in Connection'))).toEqual(sorted(NEVER_A_CONNECTION_OPTION));
  });

  it('has every name that is dropped from trailers alone', () => {
    expect(sorted(listIn('### Trailers'))).toEqual(sorted(NEVER_A_TRAILER));
  });

  it('has every family of networks, as the code has it', () => {
    const page = PAGE.replace(BLOCK, (_block, begin: string, end: string) => `${begin}${FAMILY_TABLE}${end}`);
    if (process.env['UPDATE_DOCS']) writeFileSync(FILE, page);
    expect(readFileSync(FILE, 'utf8')).toBe(page);
  });
});
