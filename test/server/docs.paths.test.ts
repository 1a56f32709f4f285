import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const PAGES = globSync('docs/**/*.md').map((path) => path.replaceAll('\\', '/'));
const TEXTS = Object.fromEntries([...PAGES, 'README.md', 'CONTRIBUTING.md'].map((page) => [page, textOf(page)]));
/** Written by a build, a start or an operator: a clone does not have them. */
const MADE = /^(?:dist|data|node_modules)\//;
const ROOMS = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
const ROOM = ROOMS.map(({ name }) => name).join('|');
const DECISIONS = 'docs/decisions/README.md';
const LIST = /(?<=<!-- decisions -->\n)[^]*(?=<!-- \/decisions -->)/;

function textOf(path: string): string {
  return readFileSync(path, 'utf8');
}

/** The paths of a page: in a link relative to the page, in a quotation relative to the repository. */
function pathsOf(page: string): string[] {
  const text = TEXTS[page]!;
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, to]) => join(dirname(page), to!));
  const quoted = text.matchAll(/`((?:src|web|test|docs|scripts|bin|bench|migrations|api|config)\/[\w./-]+)`/g);
  return [...links, ...[...quoted].map(([, path]) => path!)].filter((path) => !MADE.test(path));
}

/** A file of a room, which pages name without `src/` and `.ts`: `http/exchange`, or `src/http/exchange.ts`. */
function filesOfRooms(page: string): string[] {
  const named = TEXTS[page]!.matchAll(
    new RegExp(`(?<=[\`\\s(])((?:${ROOM})(?:/[a-z]+)*/[a-z]+(?:\\.[a-z]+)+)\\b(?!/)`, 'g'),
  );
  return [...named].map(([, path]) => path!);
}

describe('the pages', () => {
  it.each(Object.keys(TEXTS))('%s names only paths that exist', (page) => {
    expect(pathsOf(page).filter((path) => !existsSync(path))).toEqual([]);
  });

  it('name only files of rooms that exist', () => {
    const files = new Set(globSync('src/**/*.ts').map((path) => path.slice('src/'.length)));
    const exists = (path: string): boolean => files.has(path) || files.has(`${path}.ts`);
    expect(PAGES.flatMap(filesOfRooms).length).toBeGreaterThan(20);
    const missing = PAGES.flatMap((page) =>
      filesOfRooms(page)
        .filter((path) => !exists(path) && !exists(path.replace(/\.\w+$/, '')))
        .map((path) => `${page}: ${path}`),
    );
    expect(missing).toEqual([]);
  });

  it('are all in the index', () => {
    const linked = new Set(pathsOf('docs/README.md').map((path) => normalize(path)));
    const pages = PAGES.filter((page) => !page.startsWith('docs/decisions/0') && page !== 'docs/README.md');
    expect(pages.filter((page) => !linked.has(page))).toEqual([]);
  });
});

describe('the list of decisions', () => {
  it('has every decision, by its title', () => {
    const files = readdirSync('docs/decisions').filter((file) => /^\d/.test(file));
    const lines = files.toSorted().map((file) => {
      const [, number, title] = /^# (\d{4}) (.+)$/m.exec(textOf(`docs/decisions/${file}`))!;
      return `* [${number}](${file}) ${title}\n`;
    });
    const page = textOf(DECISIONS).replace(LIST, () => lines.join(''));
    if (process.env['UPDATE_DOCS']) writeFileSync(DECISIONS, page);
    expect(textOf(DECISIONS)).toBe(page);
  });
});
