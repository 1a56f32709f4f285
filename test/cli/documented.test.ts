import { readFileSync, writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { EXIT_CODE } from '../../src/cli/terminal/cli.error.js';
import { renderHelp } from '../../src/cli/help.js';
import { Terminal } from '../../src/cli/terminal/terminal.js';
import { EXIT } from '../../src/common/errors/startup.error.js';

const PAGE = 'docs/guides/cli-reference.md';
const SECTION = /(?<=<!-- help -->\n)[^]*(?=<!-- \/help -->)/;

async function section(): Promise<string> {
  const helps = await renderHelp(new Terminal(new PassThrough(), new PassThrough(), new PassThrough()));
  return Object.entries(helps)
    .map(([words, text]) => `## ${`llm-proxy ${words}`.trim()}\n\n\`\`\`text\n${text.trim()}\n\`\`\`\n`)
    .join('\n');
}

describe('the CLI reference', () => {
  it('has the help of every command as the program prints it', async () => {
    const expected = await section();
    if (process.env['UPDATE_DOCS'])
      writeFileSync(
        PAGE,
        readFileSync(PAGE, 'utf8').replace(SECTION, () => expected),
      );
    expect(SECTION.exec(readFileSync(PAGE, 'utf8'))?.[0]).toBe(expected);
  });

  it('has every exit code', () => {
    const documented = [...readFileSync(PAGE, 'utf8').matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(documented).toEqual([...Object.values(EXIT_CODE), ...Object.values(EXIT)].toSorted((a, b) => a - b));
  });
});
