import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Environment, SECRET_VARIABLES, VARIABLES } from '../../src/config/environment/environment.js';

const EXAMPLE = readFileSync('.env.example', 'utf8');
const PAGE = readFileSync('docs/getting-started/configuration.md', 'utf8');
const LOADER = [
  'environment/environment.problems',
  'config.loader',
  'config.compile',
  'dispatcher.compile',
  'environment/sink.problems',
  'provider/provider.choice',
]
  .map((file) => readFileSync(`src/config/${file}.ts`, 'utf8'))
  .join();

/** What the code takes when a variable is absent; undefined for those without a default. */
const inCode = (): Record<string, string | undefined> => {
  const defaults = new Environment() as unknown as Record<string, string | undefined>;
  return Object.fromEntries(VARIABLES.map((name) => [name, defaults[name]]));
};

/** The lines of .env.example; a variable that is commented out has no default. */
const inExample = (): Record<string, string | undefined> => {
  const off = [...EXAMPLE.matchAll(/^#([A-Z][A-Z0-9_]*)=$/gm)].map(([, name]) => [name!, undefined] as const);
  return { ...parseEnv(EXAMPLE), ...Object.fromEntries(off) };
};

/** The first two columns of the tables; `required` and `none` have no default, `empty` is the empty text. */
const inDocs = (): Record<string, string | undefined> => {
  const rows = [
    ...PAGE.matchAll(
      /^\| <a id="[a-z0-9_]+"><\/a>`([A-Z][A-Z0-9_]*)` \| (?:`([^`]*)`|(required|none|empty)) \| [^|]+ \| [^|]+ \|$/gm,
    ),
  ];
  return Object.fromEntries(rows.map(([, name, value, word]) => [name!, word === 'empty' ? '' : value]));
};

describe('the variables', () => {
  it('are the same, with the same defaults, in the code and in .env.example', () => {
    expect(inExample()).toStrictEqual(inCode());
  });

  it('are the same, with the same defaults, in the code and in the docs', () => {
    expect(inDocs()).toStrictEqual(inCode());
  });

  it('each have a comment in .env.example', () => {
    const lines = EXAMPLE.split('\n');
    const isOf = (name: string) => (line: string) => line.startsWith(`${name}=`) || line.startsWith(`#${name}=`);
    expect(VARIABLES.filter((name) => !/^# \S/.test(lines[lines.findIndex(isOf(name)) - 1] ?? ''))).toEqual([]);
  });

  it('that are secrets are commented out there', () => {
    for (const name of SECRET_VARIABLES) expect(EXAMPLE).toMatch(new RegExp(`^#${name}=$`, 'm'));
  });

  it('are all read', () => {
    const unread = VARIABLES.filter((name) => !new RegExp(`\\benv\\.${name}\\b`).test(LOADER));
    expect(unread).toEqual([]);
  });
});
