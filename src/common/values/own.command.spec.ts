import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownCommand, type Shell, shellWord } from './own.command.js';

describe.skipIf(process.platform === 'win32')(ownCommand.name, () => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "llm-proxy it's-")));
  const at = (name: string): string => join(home, name);
  const launcher = at('clone/bin/llm-proxy.cjs');
  const executable = (file: string, script: string): void => {
    writeFileSync(file, script);
    chmodSync(file, 0o755);
  };

  beforeAll(() => {
    for (const folder of ['clone/bin', 'clone/node_modules/.bin', 'elsewhere', 'linked', 'node'])
      mkdirSync(at(folder), { recursive: true });
    executable(launcher, "#!/usr/bin/env node\nprocess.stdout.write('ours ' + process.argv.slice(2).join(' '));");
    executable(at('elsewhere/llm-proxy'), '#!/bin/sh\necho a stranger\n');
    symlinkSync('bin/llm-proxy.cjs', at('clone/llm-proxy'));
    symlinkSync(launcher, at('linked/llm-proxy'));
    symlinkSync(launcher, at('clone/node_modules/.bin/llm-proxy'));
    symlinkSync(process.execPath, at('node/node'));
  });
  afterAll(() => rmSync(home, { recursive: true }));

  const shell = (folder: string, ...path: string[]): Shell => ({
    folder: at(folder),
    path: [...path.map(at), '/bin'].join(':'),
    platform: 'linux',
    launcher,
    args: [],
  });

  it.each<[string, Shell, string]>([
    ['in a clone', shell('clone', 'node'), './llm-proxy'],
    ['in a clone, run by npm', shell('clone', 'clone/node_modules/.bin', 'node'), './llm-proxy'],
    ['below a clone', shell('clone/bin', 'node'), `node '${launcher.replace("'", String.raw`'\''`)}'`],
    ['in another folder', shell('elsewhere', 'node'), `node '${launcher.replace("'", String.raw`'\''`)}'`],
    ['with a link in the PATH', shell('elsewhere', 'linked', 'node'), 'llm-proxy'],
    ['with a link behind another program', shell('clone', 'elsewhere', 'linked', 'node'), './llm-proxy'],
  ])('%s runs this program as typed', (_where, where, program) => {
    const command = ownCommand('manage project list', where);
    expect(command).toBe(`${program} manage project list`);
    const options = { cwd: where.folder, env: { PATH: where.path }, encoding: 'utf8' } as const;
    expect(execFileSync('/bin/sh', ['-c', command], options)).toBe('ours manage project list');
  });

  it('names the Node that runs it when the PATH has none', () => {
    expect(ownCommand('setup', { ...shell('elsewhere'), path: '' })).toMatch(
      new RegExp(`^'?${process.execPath}'? '.*llm-proxy\\.cjs' setup$`),
    );
  });

  it.each([
    ['migrate up', ['migrate', 'status', '--env', 'my file'], "./llm-proxy migrate up --env '/"],
    ['setup', ['server', '--env=other.env'], './llm-proxy setup --config /'],
    ['setup', ['server', '--addr', ':1'], './llm-proxy setup'],
  ])('%s names the file that %j named, as seen from that folder', (words, args, start) => {
    expect(ownCommand(words, { ...shell('clone'), args })).toMatch(
      new RegExp(`^${start.replaceAll('.', String.raw`\.`)}.*$`),
    );
  });

  it('names the file on Windows', () => {
    expect(ownCommand('setup', { ...shell('clone'), platform: 'win32' })).toMatch(/ ".*llm-proxy\.cjs" setup$/);
  });
});

describe(shellWord.name, () => {
  it.each([
    ['/a/b.cjs', '/a/b.cjs'],
    ['/a b', "'/a b'"],
    ["it's", String.raw`'it'\''s'`],
    ['$HOME', "'$HOME'"],
  ])('%s is %s', (text, word) => expect(shellWord(text, 'linux')).toBe(word));
});
