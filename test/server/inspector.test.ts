import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN } from '../support/app.js';
import { Workers } from '../support/workers.js';

const LAUNCHER = new URL('../../bin/llm-proxy.cjs', import.meta.url).pathname;

describe('SIGUSR1', () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-inspector-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('opens no inspector of a server that was started without flags', async () => {
    const child = spawn(process.execPath, [LAUNCHER, 'server'], {
      cwd: folder,
      env: { MANAGEMENT_TOKEN, ENCRYPTION_KEY, LISTEN_ADDR: '127.0.0.1:0', DATABASE_PATH: join(folder, 'proxy.db') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const errors = text(child.stderr);
    for await (const line of createInterface({ input: child.stdout }))
      if (line.includes('"listening"')) {
        child.kill('SIGUSR1');
        child.kill('SIGTERM');
      }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(0);
    expect(await errors).not.toMatch(/debugger|inspector/i);
  }, 60_000);

  it.skipIf(inject('postgres') === null || process.platform !== 'linux')(
    'opens no inspector of a worker',
    async () => {
      const workers = await Workers.start(2);
      try {
        expect(workers.pids.size).toBe(2);
        for (const pid of workers.pids.values())
          expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')).toContain('--disable-sigusr1');
      } finally {
        await workers.close();
      }
    },
    90_000,
  );
});
