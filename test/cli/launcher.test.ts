import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratch } from '../support/cli.run.js';

/** Stands for the program: says what it was given, then ends as its first argument wants. */
const PROBE = `
const [how, ...rest] = process.argv.slice(2);
process.on('SIGTERM', () => process.exit(7));
process.on('SIGUSR2', () => process.stdout.write('SIGUSR2'));
process.stdout.write(JSON.stringify(rest));
if (how === 'wait') setInterval(() => {}, 1000);
if (how === 'signal') process.kill(process.pid, 'SIGKILL');
if (how === 'code') process.exitCode = 78;
`;

describe.skipIf(process.platform === 'win32')('the launcher', () => {
  const home = scratch();
  const put = (name: string, content: string): void => {
    mkdirSync(dirname(home.path(name)), { recursive: true });
    writeFileSync(home.path(name), content);
  };

  beforeAll(() => {
    const launcher = readFileSync('bin/llm-proxy.cjs', 'utf8');
    // The same file, which this Node is too old for: once with a Node that npm brought along, once without.
    const choice = readFileSync('bin/node.cjs', 'utf8');
    const tooOld = choice.replace('[22, 19]', '[999, 0]');
    if (tooOld === choice) throw new Error('the launcher names its Node version differently now');
    const bundled = `node_modules/node-${process.platform}-${process.arch}`;
    put('ready/package.json', '{"type":"module"}');
    put('ready/bin/llm-proxy.cjs', launcher);
    put('ready/bin/node.cjs', choice);
    put('ready/dist/bundle/main.js', PROBE);
    put('old/bin/llm-proxy.cjs', launcher);
    put('old/bin/node.cjs', tooOld);
    put('old/dist/bundle/main.js', PROBE);
    put(`old/${bundled}/package.json`, '{}');
    put(
      `old/${bundled}/bin/node`,
      `#!/bin/sh\n[ "$1" = --max-semi-space-size=8 ] || exit 99\nshift 2\nexec '${process.execPath}' '${home.path('old/dist/bundle/main.js')}' "$@"\n`,
    );
    chmodSync(home.path(`old/${bundled}/bin/node`), 0o755);
    put('none/bin/llm-proxy.cjs', launcher);
    put('none/bin/node.cjs', tooOld);
    put('none/dist/bundle/main.js', PROBE);
    put('unbuilt/bin/llm-proxy.cjs', launcher);
    put('unbuilt/bin/node.cjs', choice);
    mkdirSync(home.path('.bin'));
    symlinkSync('../old/bin/llm-proxy.cjs', home.path('.bin/llm-proxy'));
  });
  afterAll(() => home.remove());

  const start = (file: string, ...argv: string[]): ChildProcess =>
    spawn(process.execPath, [home.path(file), ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  const run = async (
    file: string,
    ...argv: string[]
  ): Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }> => {
    const child = start(file, ...argv);
    const [stdout, stderr, [code, signal]] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, 'exit') as Promise<[number | null, string | null]>,
    ]);
    return { code, signal, stdout, stderr };
  };

  it('runs the program itself on a Node that is new enough', async () => {
    expect(await run('ready/bin/llm-proxy.cjs', 'code', 'a b', '--help=x')).toEqual({
      code: 78,
      signal: null,
      stdout: '["a b","--help=x"]',
      stderr: '',
    });
  });

  it('runs it on the Node that npm brought along otherwise, also behind a link', async () => {
    for (const file of ['old/bin/llm-proxy.cjs', '.bin/llm-proxy'])
      expect(await run(file, 'code', 'a b', '$HOME')).toEqual({
        code: 78,
        signal: null,
        stdout: '["a b","$HOME"]',
        stderr: '',
      });
  });

  it('ends by the signal that ended the program', async () => {
    expect(await run('old/bin/llm-proxy.cjs', 'signal')).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it('passes signals on and repeats the exit code', async () => {
    const child = start('old/bin/llm-proxy.cjs', 'wait');
    await once(child.stdout!, 'data');
    child.kill('SIGUSR2');
    expect(String((await once(child.stdout!, 'data'))[0])).toBe('SIGUSR2');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([7, null]);
  });

  it('says what is missing', async () => {
    const version = process.versions.node;
    expect(await run('none/bin/llm-proxy.cjs', 'code')).toMatchObject({
      code: 1,
      stderr: `llm-proxy: Node 999.0 or newer is required: this is ${version}, and npm has installed no Node for ${process.platform}-${process.arch}\n`,
    });
    expect(await run('unbuilt/bin/llm-proxy.cjs', 'server')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^llm-proxy: the program is not built: run `npm run build` in .*unbuilt\n$/,
      ) as string,
    });
  });
});
