import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { MANAGEMENT_TOKEN, until } from '../support/app.js';
import { freePort } from '../support/free.port.js';

const LAUNCHER = new URL('../../bin/llm-proxy.cjs', import.meta.url).pathname;
const FULL = '/dev/full';

describe.skipIf(!existsSync(FULL))('standard output on a full disk', () => {
  it('ends no server, holds up no request, and standard error says so once', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const output = openSync(FULL, 'w');
    const env = { PATH: process.env['PATH'], MANAGEMENT_TOKEN, LISTEN_ADDR: `127.0.0.1:${port}` };
    const cwd = mkdtempSync(join(tmpdir(), 'llm-proxy-full-'));
    const server = spawn(process.execPath, [LAUNCHER, 'server'], { cwd, env, stdio: ['ignore', output, 'pipe'] });
    const complaints = text(server.stderr!);
    const ended = once(server, 'exit');
    const status = async (path: string) => (await fetch(`${url}${path}`)).status;
    try {
      await until('it serves', async () => (await status('/ready').catch(() => 0)) === 200);
      for (let n = 0; n < 300; n += 1) expect(await status('/v1/models')).toBe(401);
      expect(await status('/live')).toBe(200);
    } finally {
      server.kill('SIGTERM');
      await ended;
      closeSync(output);
      rmSync(cwd, { recursive: true });
    }
    expect(server.exitCode).toBe(0);
    expect((await complaints).match(/standard output cannot be written \(ENOSPC\)/g)).toHaveLength(1);
  });
});
