import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.loader.js';
import { scratch } from '../support/cli.run.js';

interface Instruction {
  name: string;
  text: string;
}

/** The instructions of a Dockerfile, comments gone and continued lines joined. */
function instructions(file: string): Instruction[] {
  const lines = readFileSync(file, 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n');
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name, text] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
      return { name: name!.toUpperCase(), text: text! };
    });
}

const all = instructions('Dockerfile');
const last = all.slice(all.findLastIndex(({ name }) => name === 'FROM'));
const textsOf = (from: Instruction[], name: string): string[] =>
  from.filter((instruction) => instruction.name === name).map(({ text }) => text);
const exec = (text: string | undefined): string[] => JSON.parse(text ?? 'null') as string[];

/** What COPY takes from the folder of the project. */
const copied = textsOf(all, 'COPY')
  .filter((text) => !text.startsWith('--from='))
  .flatMap((text) => text.split(/\s+/).slice(0, -1));

/** Docker's patterns: `*` stops at a slash and takes a leading dot, `**` does not stop. */
const toRegExp = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern.replaceAll('.', '\\.').replaceAll('**/', '\0').replaceAll('*', '[^/]*').replaceAll('\0', '(?:.*/)?')}$`,
  );

/** Whether a path reaches the build: the last pattern that matches it or a folder above decides. */
function reachesTheBuild(path: string): boolean {
  const patterns = readFileSync('.dockerignore', 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const folders = path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
  let isIn = true;
  for (const line of patterns) {
    const isException = line.startsWith('!');
    const pattern = toRegExp(isException ? line.slice(1) : line);
    if (folders.some((folder) => pattern.test(folder))) isIn = isException;
  }
  return isIn;
}

describe('the image', () => {
  it('runs as a user with a fixed number, not as root', () => {
    expect(textsOf(last, 'USER').at(-1)).toMatch(/^[1-9]\d{3,}:[1-9]\d{3,}$/);
  });

  it('gives that user the only folder it writes to', () => {
    const [user, group] = textsOf(last, 'USER').at(-1)!.split(':');
    expect(textsOf(last, 'RUN').map(exec)).toContainEqual([
      'install',
      '-d',
      '-o',
      user,
      '-g',
      group,
      '-m',
      '0700',
      '/data',
    ]);
    expect(exec(textsOf(last, 'VOLUME')[0])).toEqual(['/data']);
    expect(textsOf(last, 'ENV').join(' ')).toMatch(/\bDATABASE_PATH=\/data\//);
  });

  it('SL-11 runs node itself, without a shell, so that SIGTERM arrives, and without an inspector to wake', () => {
    expect([...exec(textsOf(last, 'ENTRYPOINT')[0]), ...exec(textsOf(last, 'CMD')[0])]).toEqual([
      'node',
      '--disable-sigusr1',
      '--max-semi-space-size=8',
      'bin/llm-proxy.cjs',
      'server',
    ]);
    expect(textsOf(last, 'STOPSIGNAL')).toEqual(['SIGTERM']);
    for (const text of textsOf(all, 'RUN')) expect(exec(text)).toBeInstanceOf(Array);
  });

  it('is healthy when /live says so, without a Node for each check', async () => {
    const [check] = textsOf(last, 'HEALTHCHECK');
    const [program, ...options] = exec(check?.slice(check.indexOf('CMD ') + 4));
    expect(program).toBe('bash');
    const health = async (listen: string, name = 'LISTEN_ADDR'): Promise<number | null> => {
      const child = spawn('/bin/bash', options, { env: { [name]: listen }, stdio: 'ignore' });
      const [code] = (await once(child, 'exit')) as [number | null];
      return code;
    };
    const server = createServer(({ url }, response) => response.writeHead(url === '/live' && isLive ? 200 : 503).end());
    let isLive = true;
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await health(`:${port}`)).toBe(0);
    expect(await health(`127.0.0.1:${port}`)).toBe(0);
    expect(await health(String(port), 'PORT')).toBe(0);
    isLive = false;
    expect(await health(`:${port}`)).toBe(1);
    await once(server.close(), 'close');
    expect(await health(`:${port}`)).toBe(1);
  });

  it('has the command in its PATH', () => {
    expect(textsOf(last, 'RUN').map(exec)).toContainEqual([
      'ln',
      '-s',
      '/app/bin/llm-proxy.cjs',
      '/usr/local/bin/llm-proxy',
    ]);
    expect(statSync('bin/llm-proxy.cjs').mode & 0o111).toBe(0o111);
  });

  it('is in production, and leaves the port to the platform', () => {
    expect(textsOf(last, 'ENV').join(' ')).toMatch(/\bNODE_ENV=production\b/);
    expect(textsOf(last, 'ENV').join(' ')).not.toContain('LISTEN_ADDR');
  });

  it('has production packages only, without the Node binaries and without install scripts', () => {
    const source = textsOf(last, 'COPY').find((text) => text.includes('node_modules'))!;
    const stage = /--from=(\w+)/.exec(source)![1]!;
    const from = all.findIndex(({ name, text }) => name === 'FROM' && text.endsWith(` AS ${stage}`));
    const [install] = textsOf(all.slice(from), 'RUN').map(exec);
    expect(install).toEqual(expect.arrayContaining(['npm', 'ci', '--omit=dev', '--omit=optional', '--ignore-scripts']));
  });

  it('copies what exists and what reaches the build', () => {
    expect(copied).toContain('src');
    for (const path of copied) expect([path, existsSync(path), reachesTheBuild(path)]).toEqual([path, true, true]);
  });

  it('is built without secrets, data, history and tests', () => {
    const outside = [
      '.env',
      '.env.production',
      'data',
      'data/proxy.db',
      'node_modules',
      'node_modules/fastify',
      '.git',
      'coverage',
      'dist',
      'test',
      'docs',
    ];
    for (const path of [...outside, 'src/common/clock.spec.ts'])
      expect([path, reachesTheBuild(path)]).toEqual([path, false]);
  });
});

describe('docker-compose.yml', () => {
  const text = readFileSync('docker-compose.yml', 'utf8');

  it.each([
    ['a read-only root file system', /^ {4}read_only: true$/m],
    ['no capabilities', /^ {4}cap_drop:\n {6}- ALL$/m],
    ['no new privileges', /^ {4}security_opt:\n {6}- no-new-privileges:true$/m],
    ['a writable /tmp', /^ {4}tmpfs:\n {6}- \/tmp$/m],
    ['its data in a named volume', /^ {4}volumes:\n {6}- data:\/data$[^]*^volumes:\n {2}data:$/m],
    ['its port on loopback only', /^ {4}ports:\n {6}- '127\.0\.0\.1:\$\{LLM_PROXY_PORT:-8080\}:8080'\n {4}\w/m],
    [
      'a limit for its log',
      /^x-logging: &logging\n {2}driver: local\n {2}options:\n {4}max-size: [^]*^ {4}logging: \*logging$/m,
    ],
  ])('gives the server %s', (_what, pattern) => {
    expect(text).toMatch(pattern);
  });

  it.each(['MANAGEMENT_TOKEN', 'ENCRYPTION_KEY'])('refuses to start without %s', (name) => {
    expect(text).toMatch(new RegExp(`^ {6}${name}: '\\$\\{${name}:\\?[^}]+\\}'$`, 'm'));
  });

  it.skipIf(process.platform === 'win32')(
    'prints a command that writes secrets which a server in production accepts',
    () => {
      const [, command] = /\{MANAGEMENT_TOKEN:\?[^}]*: (\(umask[^}]+)\}/.exec(text)!;
      const files = scratch();
      execFileSync('/bin/sh', ['-c', command!], { cwd: files.path('.') });
      const { mode } = statSync(files.path('.env'));
      const variables = parseEnv(readFileSync(files.path('.env'), 'utf8'));
      files.remove();
      expect(mode & 0o777).toBe(0o600);
      const { warnings } = loadConfig({
        ...variables,
        NODE_ENV: 'production',
        LISTEN_ADDR: '127.0.0.1:0',
        LLM_PROXY_PORT: '1',
      });
      expect(warnings).toEqual([]);
      for (const place of ['docs/deployment/containers.md', 'README.md', 'docker-compose.yml'])
        expect(readFileSync(place, 'utf8')).toContain(command);
    },
  );

  it.each(['postgres', 'redis'])('has %s in a profile only', (name) => {
    expect(text).toMatch(new RegExp(`^ {2}${name}:\n {4}profiles: \\[${name}\\]$`, 'm'));
  });

  it('waits longer for the end than the server lets running requests take', () => {
    const graceSeconds = Number(/stop_grace_period: (\d+)s/.exec(text)?.[1]);
    expect(graceSeconds).toBeGreaterThan(120);
  });
});
