import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ServerGuard } from './server.guard.js';

const folder = (): string => mkdtempSync(join(tmpdir(), 'llm-proxy-guard-'));
const sleeper = () => spawn('sleep', ['600'], { stdio: 'ignore' });

describe(ServerGuard, () => {
  it('ends the server it watches last, frozen as it is, and removes the folder', async () => {
    const [first, last] = [sleeper(), sleeper()];
    const guarded = folder();
    const guard = new ServerGuard('SIGTERM', guarded);
    guard.watch(first.pid);
    guard.watch(last.pid);
    last.kill('SIGSTOP');
    const ended = once(last, 'exit');
    await guard.end();
    expect(await ended).toEqual([null, 'SIGTERM']);
    expect(first.exitCode).toBeNull();
    expect(existsSync(guarded)).toBe(false);
    first.kill();
  });

  it('ends none when none runs', async () => {
    const server = sleeper();
    const guard = new ServerGuard('SIGTERM', folder());
    guard.watch(server.pid);
    guard.watch(undefined);
    await guard.end();
    expect(server.kill(0)).toBe(true);
    server.kill();
  });

  it('does so when the process that has it is killed', async () => {
    const [server, guarded] = [sleeper(), folder()];
    const module = new URL('server.guard.ts', import.meta.url).href;
    const script = `const { ServerGuard } = await import('${module}');
      new ServerGuard('SIGTERM', process.argv[1]).watch(Number(process.argv[2]));
      process.stdout.write('watching');
      setInterval(() => undefined, 60_000);`;
    const args = ['--input-type=module', '-e', script, guarded, String(server.pid)];
    const owner = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(owner.stdout, 'data');
    const ended = once(server, 'exit');
    owner.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGTERM']);
    await expect.poll(() => existsSync(guarded)).toBe(false);
  });
});
