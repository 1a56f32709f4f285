import { chmodSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Finding } from '../../src/cli/doctor/finding.js';
import { VARIABLES } from '../../src/config/environment/environment.js';
import { freePort } from '../support/free.port.js';
import { cli, cliOnScreen, scratch } from '../support/cli.run.js';

const TOKEN = 'kO3v9Q_operator-Zx81LmWq72TyBnRs54';
const KEY = 'q83vASNFZ4mrze8BI0Vniavc7wEjRWeJq83vASNFZ4k=';
const FAR = { date: 'Thu, 01 Jan 2026 00:00:00 GMT' };

function byCheck(findings: readonly Finding[]): Record<string, Finding[]> {
  const found: Record<string, Finding[]> = {};
  for (const finding of findings) (found[finding.check] ??= []).push(finding);
  return found;
}

describe('llm-proxy doctor', () => {
  let files: ReturnType<typeof scratch>;
  let upstream: Server;
  let headers: Record<string, string> = {};
  let seen: (string | undefined)[] = [];
  let url: string;

  beforeAll(async () => {
    upstream = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(401, headers).end();
    });
    await once(upstream.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  });
  afterAll(() => upstream.close());
  beforeEach(() => {
    files = scratch();
    headers = {};
    seen = [];
    for (const name of VARIABLES) vi.stubEnv(name, undefined);
  });
  afterEach(() => {
    files.remove();
    vi.unstubAllEnvs();
  });

  const env = (lines: Record<string, string> = {}): string => {
    const all = {
      MANAGEMENT_TOKEN: TOKEN,
      ENCRYPTION_KEY: KEY,
      LISTEN_ADDR: '127.0.0.1:0',
      OPENAI_API_URL: url,
      ...lines,
    };
    const path = { DATABASE_PATH: files.path('proxy.db'), ...all };
    return files.file(
      'proxy.env',
      Object.entries(path)
        .map((pair) => pair.join('='))
        .join('\n'),
    );
  };
  const diagnose = async (file: string): Promise<{ code: number; found: Record<string, Finding[]> }> => {
    const { code, stdout } = await cli(['doctor', '--env', file, '--json']);
    const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Finding[] };
    expect(ok).toBe(code === 0);
    for (const { status, advice } of checks) expect(advice === undefined).toBe(status === 'ok');
    return { code, found: byCheck(checks) };
  };

  it('finds everything in order, and sends no credential', async () => {
    const { code, found } = await diagnose(env());
    expect({ code, statuses: Object.entries(found).map(([check, [one]]) => `${check} ${one!.status}`) }).toEqual({
      code: 0,
      statuses: [
        'configuration ok',
        'variables file ok',
        'database ok',
        'events ok',
        'redis ok',
        'upstream openai ok',
        'clock ok',
        expect.stringMatching(/^file limit (?:ok|warn)$/) as string,
      ],
    });
    expect(seen).toEqual([undefined]);
  });

  it('creates nothing', async () => {
    const { found } = await diagnose(env());
    expect(found['database']![0]!.detail).toContain('does not exist yet');
    expect((await diagnose(env())).found['database']![0]!.detail).toContain('does not exist yet');
  });

  it('shows lines with what to do, and fails at the end', async () => {
    const { code, stdout, stderr } = await cli(['doctor', '--env', env({ LOG_LEVEL: 'loud' })]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'llm-proxy: 1 check failed\n' });
    expect(stdout).toMatch(/^fail {2}configuration: LOG_LEVEL must be .*\n {5} → see docs\/getting-started/m);
    expect(stdout).toContain('not checked');
  });

  it('has colours on a screen', async () => {
    vi.stubEnv('NO_COLOR', undefined);
    vi.stubEnv('CI', undefined);
    vi.stubEnv('TERM', 'xterm-256color');
    expect((await cliOnScreen(['doctor', '--env', env()])).stdout).toContain('\u001b[32mok');
  });

  it('names every problem of the configuration, without secrets', async () => {
    const { code, found } = await diagnose(env({ MANAGEMENT_TOKEN: 'a,secret-b', DB_DRIVER: 'oracle' }));
    expect([code, found['configuration']!.length]).toEqual([1, 2]);
    expect(JSON.stringify(found)).not.toContain('secret-b');
  });

  it('warns of what a start warns of', async () => {
    const { code, found } = await diagnose(env({ LISTEN_ADDR: ':8080' }));
    expect([code, found['configuration']![0]!.status]).toEqual([0, 'warn']);
  });

  it('fails for a file that is named and not there', async () => {
    const { code, stdout } = await cli(['doctor', '--env', files.path('none')]);
    expect([code, stdout]).toEqual([1, expect.stringContaining('no such file')]);
  });

  it.skipIf(process.platform === 'win32')('warns of files that others may read', async () => {
    const file = env();
    expect((await cli(['migrate', 'up', '--env', file])).code).toBe(0);
    for (const path of [file, files.path('proxy.db')]) chmodSync(path, 0o644);
    const { code, found } = await diagnose(file);
    expect(code).toBe(0);
    expect(found['variables file']![0]).toMatchObject({ status: 'warn', advice: `chmod 600 ${file}` });
    expect(found['database file']![0]).toMatchObject({ status: 'warn', advice: `chmod 600 ${files.path('proxy.db')}` });
    expect(found['database']![0]).toMatchObject({ status: 'ok' });
  });

  it.each([
    ['a damaged file', { file: 'not a database, but long enough to have a header' }, 'damaged'],
    [
      'a server that is not there',
      { DB_DRIVER: 'postgres', DATABASE_URL: 'postgres://u:canary@127.0.0.1:1/n' },
      'postgres at 127.0.0.1:1 cannot be reached (ECONNREFUSED)',
    ],
  ])('fails for %s', async (_, { file, ...variables }: { file?: string; [name: string]: string | undefined }, word) => {
    if (file !== undefined) files.file('proxy.db', file.repeat(30));
    const { code, found } = await diagnose(env(variables as Record<string, string>));
    expect([code, found['database']![0]]).toEqual([1, expect.objectContaining({ status: 'fail' })]);
    expect(found['database']![0]!.detail).toContain(word);
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  it('fails for a Redis that is not there, without its password', async () => {
    const { code, found } = await diagnose(env({ REDIS_URL: 'redis://:canary@127.0.0.1:1/0' }));
    expect([code, found['redis']![0]!.detail]).toEqual([1, '127.0.0.1:1 cannot be reached (ECONNREFUSED)']);
  });

  it('fails for an upstream that is not there', async () => {
    const { code, found } = await diagnose(env({ OPENAI_API_URL: `http://127.0.0.1:${await freePort()}` }));
    expect([code, found['upstream openai']![0]!.status, found['clock']![0]!.status]).toEqual([1, 'fail', 'warn']);
    expect(found['upstream openai']![0]!.detail).toContain('the connection is refused (ECONNREFUSED)');
  });

  it('fails for a clock that is far from that of the upstream', async () => {
    headers = FAR;
    const { code, found } = await diagnose(env());
    expect([code, found['clock']![0]!.detail]).toEqual([1, expect.stringMatching(/^\d+ s ahead of the upstream$/)]);
  });
});
