import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHelp } from '../../src/cli/help.js';
import { Terminal } from '../../src/cli/terminal/terminal.js';
import { cli, scratch } from '../support/cli.run.js';

const VERSION = (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;

const words = (command: string): string[] => command.split(' ').filter((word) => word !== '');

// The launcher answers help from a file written at build time: here it has that file and no program to fall back on.
describe('help', () => {
  const home = scratch();
  let helps: Record<string, string>;

  beforeAll(async () => {
    helps = await renderHelp(new Terminal(new PassThrough(), new PassThrough(), new PassThrough()));
    for (const directory of ['bin', 'dist']) mkdirSync(home.path(directory));
    for (const file of ['bin/llm-proxy.cjs', 'bin/node.cjs']) copyFileSync(file, home.path(file));
    copyFileSync('package.json', home.path('package.json'));
    writeFileSync(home.path('dist/help.json'), JSON.stringify(helps));
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

  it('is what a group alone shows', async () => {
    expect(await cli(['manage'])).toEqual({ code: 0, stdout: helps['manage'], stderr: '' });
    expect(await cli(['manage', 'token'])).toEqual({ code: 0, stdout: helps['manage token'], stderr: '' });
  });

  it.each(['--version', '-V'])('%s prints the version of the package', async (flag) => {
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
