import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { cli } from '../support/cli.run.js';

const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

/** What a shell prints for a program of its own language that begins with the script. */
function run(shell: string, script: string, program: string, ...args: string[]): string[] {
  const { stdout, stderr } = spawnSync(shell, ['-c', `${script}\n${program}`, shell, ...args], {
    encoding: 'utf8',
    cwd: 'test/support',
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

/** What completes the last word of a command line. */
const CASES: [line: string[], some: string[]][] = [
  [['ma'], ['manage']],
  [
    ['manage', ''],
    ['project', 'token'],
  ],
  [
    ['manage', 'project', 'l'],
    ['list', 'ls'],
  ],
  [['manage', 'token', 'cr'], ['create']],
  [['manage', 'token', 'create', '--dur'], ['--duration']],
  [
    ['manage', 'token', 'generate', '--project'],
    ['--project', '--project-id'],
  ],
  [['manage', 'project', 'create', '--name', 'list', '--openai'], ['--openai-key-file']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
];

describe('completion', () => {
  const scripts: Record<string, string> = {};
  beforeAll(async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, stdout, stderr } = await cli(['completion', shell]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      scripts[shell] = stdout;
    }
  });

  it.each([['powershell'], ['sk-Canary0123456789'], ['constructor']])('is not for %s', async (shell) => {
    expect(await cli(['completion', shell])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'llm-proxy: the shell must be one of bash, zsh, fish\n',
    });
  });

  describe.skipIf(!has('bash'))('of bash', () => {
    const complete = (...line: string[]): string[] =>
      run(
        'bash',
        scripts['bash']!,
        `COMP_WORDS=(llm-proxy "$@"); COMP_CWORD=$#; _llm_proxy; printf '%s\\n' "\${COMPREPLY[@]}"`,
        ...line,
      );

    it.each(CASES)('%j', (line, some) => {
      expect(complete(...line)).toEqual(expect.arrayContaining(some));
    });

    it('has files where an option takes one, and nothing where it takes a text', () => {
      expect(complete('manage', 'project', 'list', '--env', 'cli.')).toContain('cli.run.ts');
      expect(complete('manage', 'project', 'list', '--env', '=', 'cli.')).toContain('cli.run.ts');
      expect(complete('manage', 'project', 'list', '--page', '')).toEqual([]);
    });
  });

  describe.skipIf(!has('zsh'))('of zsh', () => {
    // The functions of compsys as stubs: what they would offer is printed.
    const STUBS = `compdef() { : }
_files() { print files }
_message() { : }
_describe() { local a=$argv[-1]; print -l -- \${\${(P)a}%%:*} }`;
    const complete = (...line: string[]): string[] =>
      run(
        'zsh',
        `${STUBS}\n${scripts['zsh']!}`,
        `words=(llm-proxy "$@"); CURRENT=$#words; PREFIX=$words[-1]; _llm-proxy`,
        ...line,
      );

    it.each(CASES)('%j', (line, some) => {
      expect(complete(...line)).toEqual(expect.arrayContaining(some));
    });

    it('has files where an option takes one, and nothing where it takes a text', () => {
      expect(complete('manage', 'project', 'list', '--env', 'cli.')).toEqual(['files']);
      expect(complete('manage', 'project', 'list', '--page', '')).toEqual([]);
    });
  });

  describe.skipIf(!has('fish'))('of fish', () => {
    const complete = (...line: string[]): string[] =>
      run('fish', scripts['fish']!, `complete -C "llm-proxy ${line.join(' ')}"`).map((offer) => offer.split('\t')[0]!);

    it.each(CASES)('%j', (line, some) => {
      expect(complete(...line)).toEqual(expect.arrayContaining(some));
    });

    it('has files where an option takes one', () => {
      expect(complete('manage', 'project', 'list', '--env', 'cli.')).toContain('cli.run.ts');
    });
  });
});
