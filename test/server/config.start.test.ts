import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, it } from 'vitest';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN } from '../support/app.js';

const LAUNCHER = resolve('bin/llm-proxy.cjs');

/** The built program as an operator starts it, in a directory of its own. */
describe('llm-proxy server', () => {
  const folders: string[] = [];
  const children: ChildProcess[] = [];
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  function start(variables: Record<string, string>, files: Record<string, string | Buffer> = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-start-'));
    folders.push(folder);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const env = { PATH: process.env['PATH'] ?? '', LISTEN_ADDR: '127.0.0.1:0', ...variables };
    const child = spawn(process.execPath, [LAUNCHER, 'server'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += String(chunk)));
    const errors = text(child.stderr);
    const ended = once(child, 'close').then(async () => ({
      code: child.exitCode,
      out,
      lines: (await errors).split('\n').slice(0, -1),
    }));
    /** Resolves with the port once the log says that it listens. */
    const listening = (): Promise<number> =>
      new Promise((found, reject) => {
        const look = () => {
          const line = out.split('\n').find((entry) => entry.includes('"msg":"listening"') && entry.endsWith('}'));
          if (line) found((JSON.parse(line) as { port: number }).port);
        };
        child.stdout.on('data', look);
        void ended.then(({ lines }) => reject(new Error(`ended: ${lines.join()}`)));
      });
    return { child, folder, ended, listening };
  }

  const refused = async (variables: Record<string, string>, files?: Record<string, string | Buffer>) => {
    const { code, out, lines } = await start(variables, files).ended;
    return { code, lines, listened: out.includes('listening') };
  };

  it.concurrent('BS-01 without a management token ends with 78 and its name', async ({ expect }) => {
    expect(await refused({})).toEqual({
      code: 78,
      lines: [expect.stringMatching(/^llm-proxy: MANAGEMENT_TOKEN is required/)],
      listened: false,
    });
  });

  it.concurrent('BS-02 BS-04 BS-08 reports every error, one line each, and no secret', async ({ expect }) => {
    const { code, lines, listened } = await refused({
      NODE_ENV: 'production',
      MANAGEMENT_TOKEN: 'changeme-weak-canary',
      ENCRYPTION_KEY: 'not-base64-canary',
      DRAIN_TIMEOUT: 'soon',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    });
    expect({ code, listened }).toEqual({ code: 78, listened: false });
    const named = lines.filter((line) => line.startsWith('llm-proxy: ')).map((line) => /[A-Z_]{4,}/.exec(line)![0]);
    expect(named.toSorted()).toEqual([
      'DRAIN_TIMEOUT',
      'ENCRYPTION_KEY',
      'MANAGEMENT_TOKEN',
      'NODE_TLS_REJECT_UNAUTHORIZED',
    ]);
    expect(lines.join('\n')).not.toContain('canary');
  });

  it.concurrent('BS-05 refuses a misspelt name in strict mode', async ({ expect }) => {
    expect(await refused({ MANAGEMENT_TOKEN, CONFIG_STRICT: 'true', ENCRYPTON_KEY: ENCRYPTION_KEY })).toEqual({
      code: 78,
      lines: ['llm-proxy: ENCRYPTON_KEY is not known: did you mean ENCRYPTION_KEY?'],
      listened: false,
    });
  });

  it.concurrent('a database that is none ends with 65', async ({ expect }) => {
    const files = { 'proxy.db': Buffer.alloc(8192, 'no database ') };
    expect(await refused({ MANAGEMENT_TOKEN, DATABASE_PATH: 'proxy.db' }, files)).toEqual({
      code: 65,
      lines: [expect.stringMatching(/^llm-proxy: DATABASE_PATH proxy\.db: the file is damaged/)],
      listened: false,
    });
  });

  it.concurrent('an address in use ends with 1 and says so', async ({ expect }) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, lines } = await refused({ MANAGEMENT_TOKEN, ENCRYPTION_KEY, LISTEN_ADDR: `127.0.0.1:${port}` });
    server.close();
    expect([code, lines]).toEqual([1, [expect.stringMatching(/^llm-proxy: .*(?:EADDRINUSE|in use)/)]]);
  });

  it.concurrent('reads .env, lets the environment win, warns of misspelt names, keeps its secrets, and stops with 0', async ({
    expect,
  }) => {
    const file = `MANAGEMENT_TOKEN=${MANAGEMENT_TOKEN}\nENCRYPTION_KEY=${ENCRYPTION_KEY}\nDATABASE_PATH=of-the-file.db\nLOG_LEVEL=loud\nLOG_FROMAT=json\n`;
    const { child, folder, ended, listening } = start({ LOG_LEVEL: 'trace' }, { '.env': file });
    const port = await listening();
    expect((await fetch(`http://127.0.0.1:${port}/ready`)).status).toBe(200);
    const answer = await fetch(`http://127.0.0.1:${port}/manage/projects`, {
      headers: { authorization: `Bearer ${MANAGEMENT_TOKEN}` },
    });
    expect(answer.status).toBe(200);
    if (process.platform === 'linux')
      expect(readFileSync(`/proc/${child.pid}/cmdline`, 'utf8')).not.toContain(MANAGEMENT_TOKEN);
    child.kill('SIGTERM');
    const { code, out, lines } = await ended;
    expect([code, lines]).toEqual([0, []]);
    expect(readFileSync(join(folder, 'of-the-file.db')).length).toBeGreaterThan(0);
    expect(out).toContain('LOG_FROMAT is not known: did you mean LOG_FORMAT?');
    for (const secret of [MANAGEMENT_TOKEN, ENCRYPTION_KEY]) expect(out).not.toContain(secret);
    for (const line of out.trim().split('\n')) JSON.parse(line);
  });
});
