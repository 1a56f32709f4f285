import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LAUNCHER } from '../../common/values/package.js';
import { failure } from '../terminal/cli.error.js';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;
const POLL_MS = 50;
const PROBE_TIMEOUT_MS = 2000;

/** A server on this machine: the one that already runs, or one that is started for as long as it is needed. */
@Injectable()
export class LocalServer {
  async whileRunning(envFile: string, baseUrl: string, work: () => Promise<void>): Promise<void> {
    if ((await readiness(baseUrl)) !== 'absent') return work();
    const server = this.start(envFile);
    try {
      await untilReady(server, baseUrl);
      await work();
    } finally {
      await stop(server);
    }
  }

  /** A separate process: it starts, serves and drains exactly as the real server does. */
  protected start(envFile: string): ChildProcess {
    return spawn(process.execPath, [LAUNCHER, 'server', '--env', envFile], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
}

async function readiness(baseUrl: string): Promise<'ready' | 'starting' | 'absent'> {
  try {
    const response = await fetch(`${baseUrl}/ready`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok ? 'ready' : 'starting';
  } catch {
    return 'absent';
  }
}

async function untilReady(server: ChildProcess, baseUrl: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (hasEnded(server)) throw failure('the server could not be started');
    if ((await readiness(baseUrl)) === 'ready') return;
    await sleep(POLL_MS);
  }
  throw failure(`the server was not ready within ${START_TIMEOUT_MS / 1000} s`);
}

const hasEnded = (server: ChildProcess): boolean => server.exitCode !== null || server.signalCode !== null;

async function stop(server: ChildProcess): Promise<void> {
  if (hasEnded(server)) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  const timer = setTimeout(() => server.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
