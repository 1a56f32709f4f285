import { describe, expect, it } from 'vitest';
import { toCliError } from './cli.error.js';

const commander = (code: string, message: string): Error =>
  Object.assign(new Error(message), { code: `commander.${code}` });

describe(toCliError.name, () => {
  it('takes help and version for no error', () => {
    for (const code of ['helpDisplayed', 'help', 'version'])
      expect(toCliError(commander(code, '(outputHelp)'))).toBeUndefined();
  });

  it.each([
    ["error: unknown option '--nmae'\n(Did you mean --name?)", "unknown option '--nmae' (Did you mean --name?)"],
    ["error: unknown option '--key=it's\n'secret''\n(Did you mean --x?)", "unknown option '--key' (Did you mean --x?)"],
    ["error: unknown option '-ksecret'", "unknown option '-k'"],
    ["error: unknown command 'Secret1'", 'unknown command'],
    ["error: unknown command 'sevrer'\n(Did you mean server?)", "unknown command 'sevrer' (Did you mean server?)"],
  ])('reports %j without values', (message, expected) => {
    expect(toCliError(commander('any', message))).toMatchObject({ exitCode: 2, code: 'usage', message: expected });
  });

  it('reports any other error in one line', () => {
    expect(toCliError(new Error('a\nb'))).toMatchObject({ exitCode: 1, code: 'failed', message: 'a b' });
    expect(toCliError('text')).toMatchObject({ exitCode: 1, message: 'an unexpected error occurred' });
  });
});
