import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHelp, renderPrepared } from '../../src/cli/help.js';
import { Terminal } from '../../src/cli/terminal/terminal.js';
import { cli, scratch } from '../support/cli.run.js';

const VERSION = (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;

const words = (command: string): string[] => command.split(' ').filter((word) => word !== '');

// The launcher answers help from a file written at build time: here it has that file and no program to fall back on.
describe('help', () => {
  const home = scratch();
  let helps: Record<string, string>;
  let prepared: Awaited<ReturnType<typeof renderPrepared>>;

  beforeAll(async () => {
    const terminal = (): Terminal => new Terminal(new PassThrough(), new PassThrough(), new PassThrough());
    helps = await renderHelp(terminal());
    prepared = await renderPrepared(terminal());
    for (const directory of ['bin', 'dist']) mkdirSync(home.path(directory));
    for (const file of ['bin/llm-proxy.cjs', 'bin/node.cjs']) copyFileSync(file, home.path(file));
    copyFileSync('package.json', home.path('package.json'));
    writeFileSync(home.path('dist/help.json'), JSON.stringify(prepared.help));
    writeFileSync(home.path('dist/completion.json'), JSON.stringify(prepared.completion));
  });
  afterAll(() => home.remove());

  const launcher = (...argv: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [home.path('bin/llm-proxy.cjs'), ...argv], { encoding: 'utf8' });

  it('covers the whole tree', () => {
    expect(Object.keys(helps)).toEqual(
      expect.arrayContaining(['', 'server', 'setup', 'manage', 'manage project create', 'manage token revoke-all']),
    );
    for (const [command, text] of Object.entries(helps))
      expect(text).toMatch(new RegExp(`^Usage: llm-proxy ${command}`.trim()));
  });

  it('is the same from the launcher and from the program, for every command', async () => {
    for (const [command, text] of Object.entries(helps)) {
      expect(await cli([...words(command), '--help'])).toEqual({ code: 0, stdout: text, stderr: '' });
      expect(launcher(...words(command), '--help')).toMatchObject({ status: 0, stdout: text, stderr: '' });
    }
  });

  it.each([[[]], [['-h']], [['help']], [['help', 'manage', 'token']], [['manage', 'project', '-h']]])(
    'asked for as %j',
    async (argv) => {
      const { stdout } = await cli(argv);
      expect(stdout).toMatch(/^Usage: llm-proxy/);
      expect(launcher(...argv)).toMatchObject({ status: 0, stdout });
    },
  );

  it('is prepared under every name of a command', () => {
    for (const [alias, name] of [
      ['manage token create', 'manage token generate'],
      ['manage project ls', 'manage project list'],
      ['manage token delete', 'manage token revoke'],
    ] as const)
      expect(launcher(...words(alias), '--help')).toMatchObject({ status: 0, stdout: helps[name] });
  });

  it('has examples with options that their command has, and a page of the documentation', () => {
    for (const [command, text] of Object.entries(helps)) {
      const examples = [...text.matchAll(/^ {2}llm-proxy (.*)$/gm)].map(([, example]) => example!);
      expect([command, examples]).not.toEqual([command, []]);
      expect([command, existsSync(/^Documentation: (\S+)$/m.exec(text)![1]!)]).toEqual([command, true]);
      for (const example of examples) {
        const [name, help] = commandOf(example);
        expect([example, help === text || name.startsWith(command)]).toEqual([example, true]);
        for (const [flag] of example.matchAll(/(?<= )--?[a-z][a-z-]*/g)) expect(help).toContain(flag);
      }
    }
  });

  /** The longest command that the example begins with, under any of its names, and its help. */
  const commandOf = (example: string): [string, string] =>
    Object.entries(prepared.help)
      .filter(([name]) => `${example} `.startsWith(`${name} `))
      .toSorted(([a], [b]) => b.length - a.length)[0] ?? ['', ''];

  it('is what a group alone shows', async () => {
    expect(await cli(['manage'])).toEqual({ code: 0, stdout: helps['manage'], stderr: '' });
    expect(await cli(['manage', 'token'])).toEqual({ code: 0, stdout: helps['manage token'], stderr: '' });
  });

  it.each(['--version', '-v', '-V', 'version'])('%s prints the version of the package', async (flag) => {
    expect(await cli([flag])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
    expect(launcher(flag)).toMatchObject({ status: 0, stdout: `${VERSION}\n` });
  });

  it('anything else goes to the program', () => {
    for (const argv of [['manage'], ['manage', '--json', '--help'], ['constructor', '--help']])
      expect(launcher(...argv)).toMatchObject({
        status: 1,
        stdout: '',
        stderr: expect.stringContaining('npm run build') as string,
      });
  });
});
