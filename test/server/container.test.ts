import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';

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

  it('is healthy when /ready is 200, as node itself checks', async () => {
    const [check] = textsOf(last, 'HEALTHCHECK');
    const [node, ...options] = exec(check?.slice(check.indexOf('CMD ') + 4));
    expect(node).toBe('node');
    const health = async (listen: string, name = 'LISTEN_ADDR'): Promise<number | null> => {
      const child = spawn(process.execPath, options, { env: { [name]: listen } });
      const [code] = (await once(child, 'exit')) as [number | null];
      return code;
    };
    const server = createServer(({ url }, response) =>
      response.writeHead(url === '/ready' && isReady ? 200 : 503).end(),
    );
    let isReady = true;
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await health(`:${port}`)).toBe(0);
    expect(await health(String(port), 'PORT')).toBe(0);
    isReady = false;
    expect(await health(`:${port}`)).toBe(1);
    await once(server.close(), 'close');
    expect(await health(`:${port}`)).toBe(1);
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
    ['its port on loopback only', /^ {4}ports:\n {6}- '127\.0\.0\.1:8080:8080'\n {4}\w/m],
  ])('gives the server %s', (_what, pattern) => {
    expect(text).toMatch(pattern);
  });

  it.each(['MANAGEMENT_TOKEN', 'ENCRYPTION_KEY'])('refuses to start without %s', (name) => {
    expect(text).toMatch(new RegExp(`^ {6}${name}: '\\$\\{${name}:\\?[^}]+\\}'$`, 'm'));
  });

  it('waits longer for the end than the server lets running requests take', () => {
    const graceSeconds = Number(/stop_grace_period: (\d+)s/.exec(text)?.[1]);
    expect(graceSeconds).toBeGreaterThan(120);
  });
});
