import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const { name, bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { name: string; bin: object };
/** Explains the danger, or looks for it. */
const EXPLAINS = ['docs/decisions/0031', 'docs/guides/cli-reference.md', 'src/common/values/own.command', 'test/'];
const files = execFileSync('git', ['ls-files'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(file) && !EXPLAINS.some((start) => file.startsWith(start)));
const linesWith = (pattern: RegExp, of = files): string[] =>
  of.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );

// The registry has an unrelated package with the name of the command.
describe('commands in messages and docs', () => {
  it('cannot install another package', () => {
    expect(linesWith(/\b(?:npx|npm exec|pnpm dlx|yarn dlx|bunx)\b|npm (?:i|install) (?:-\S+ )*llm-proxy\b/)).toEqual(
      [],
    );
    expect(name).toMatch(/^@[\w-]+\/llm-proxy$/);
    expect(Object.keys(bin)).toEqual(['llm-proxy']);
  });

  it('are made by one function in the sources', () => {
    const sources = files.filter((file) => /^src\/.*(?<!\.spec)\.ts$/.test(file));
    expect(linesWith(/^(?!\s*(?:\/\/|\*|\/\*)).*llm-proxy (?:setup|server|start|manage|migrate) /, sources)).toEqual(
      [],
    );
    expect(linesWith(/`llm-proxy (?:setup|server|start|manage|migrate)/, sources)).toEqual([]);
  });

  it('run as typed in a clone', () => {
    const pages = files.filter((file) => /^(?:README|docs\/(?!decisions|guides\/cli-reference)).*\.md$/.test(file));
    expect(
      linesWith(
        /^llm-proxy (?:setup|server|start|manage|migrate)|`llm-proxy (?:setup|server|start|manage|migrate)/,
        pages,
      ),
    ).toEqual([]);
  });
});
