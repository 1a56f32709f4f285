import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { scratch } from '../support/cli.run.js';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const OF_A_SHELL = new Set(['.ci/run']);

describe("npm's scripts", () => {
  const steps = Object.entries(scripts).flatMap(([name, script]) => script.split(' && ').map((step) => [name, step]));

  // npm 10 and older do not link the Node that they install, so a bare `node` or `vitest` runs on the machine's.
  it.each(steps.filter(([, step]) => !OF_A_SHELL.has(step!)))('%s runs on the project’s Node: %s', (_name, step) => {
    expect(step).toMatch(/^(?:exec )?node scripts\/node\.cjs \S/);
  });
});

describe.skipIf(process.platform === 'win32')('scripts/node.cjs', () => {
  const files = scratch();
  afterAll(() => files.remove());

  /** A PATH with nothing but a Node and a shell. */
  const env = { PATH: `${files.path('.')}:/bin` };
  symlinkSync(process.execPath, files.path('node'));
  const run = (args: string[], options: string[] = []) =>
    spawnSync(process.execPath, [...options, 'scripts/node.cjs', ...args], { env, encoding: 'utf8' });

  /** Node options that make this Node say that it is another one. */
  const asNode = (version: string): string[] => {
    const file = files.file(`${version}.cjs`, '');
    writeFileSync(
      file,
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
    );
    return ['--require', file];
  };

  const isBundled = existsSync(`node_modules/node-${process.platform}-${process.arch}`);

  it.skipIf(!isBundled)('runs the Node that npm installed, and so do its children', () => {
    const own = /node_modules\/node-[\w-]+\/bin\/node$/;
    const direct = run(['node', '-p', 'process.execPath'], asNode('20.0.0'));
    expect({ ...direct, stdout: direct.stdout.trim() }).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(own),
    });
    expect(run(['sh', '-c', 'node -p process.execPath']).stdout.trim()).toBe(direct.stdout.trim());
  });

  it('finds the programs of the project', () => {
    expect(run(['tsc', '--version'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^Version \d/) as string,
    });
  });

  it('ends as its command ends', () => {
    expect(run(['node', '-e', 'process.exitCode = 7']).status).toBe(7);
    expect(run(['node', '-e', "process.kill(process.pid, 'SIGKILL')"]).signal).toBe('SIGKILL');
    expect(run(['no-such-program'])).toMatchObject({ status: 1, stderr: expect.stringContaining('ENOENT') as string });
  });

  it.each(['10.24.1', '18.20.8', '19.9.0'])('refuses Node %s in one sentence', (version) => {
    expect(run(['node', '-p', '1'], asNode(version))).toMatchObject({
      status: 1,
      stdout: '',
      stderr: `llm-proxy: Node 20 or newer is required: this is ${version}. Install a newer Node, then run \`npm install\` again\n`,
    });
  });
});
