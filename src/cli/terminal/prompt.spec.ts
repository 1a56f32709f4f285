import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Prompt } from './prompt.js';
import { type Input, Terminal } from './terminal.js';

function setUp(isTTY: boolean): { prompt: Prompt; input: PassThrough; shown: () => string } {
  const input = new PassThrough();
  const stderr = new PassThrough();
  const stdin: Input = Object.assign(input, { isTTY });
  return {
    prompt: new Prompt(new Terminal(stdin, new PassThrough(), stderr)),
    input,
    shown: () => String(stderr.read() ?? ''),
  };
}

describe(Prompt.name, () => {
  it('gives piped lines one at a time, however they arrive, then nothing', async () => {
    const { prompt, input } = setUp(false);
    input.write('first\r\nsec');
    expect(await prompt.ask('? ')).toBe('first');
    input.end('ond\n\nlast');
    const rest = [
      await prompt.line(),
      await prompt.line(),
      await prompt.line(),
      await prompt.line(),
      await prompt.line(),
    ];
    expect(rest).toEqual(['second', '', 'last', undefined, undefined]);
    prompt.onModuleDestroy();
  });

  it('shows what is typed, unless it is hidden', async () => {
    const { prompt, input, shown } = setUp(true);
    const open = prompt.ask('Name: ');
    input.write('vis\u007fsible\r');
    expect(await open).toBe('visible');
    expect(shown()).toMatch(/Name: .*v/s);
    const hidden = prompt.ask('Key: ', { hidden: true });
    input.write('secret\r');
    expect(await hidden).toBe('secret');
    expect(shown()).toBe('Key: \n');
  });

  it.each(['\u0003', '\u0004'])('is interrupted by %j', async (key) => {
    const { prompt, input } = setUp(true);
    const line = prompt.ask('Name: ');
    input.write(key);
    await expect(line).rejects.toMatchObject({ exitCode: 130 });
  });
});
