import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Variables } from '../../src/config/values/variables.js';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN } from '../support/app.js';

const LAUNCHER = new URL('../../bin/llm-proxy.cjs', import.meta.url).pathname;

/** `llm-proxy dispatcher` in a process that is killed and started again. */
export class BuiltDispatcher {
  private child: ChildProcess | undefined;

  constructor(private readonly variables: Variables) {}

  start(): void {
    const env = { PATH: process.env['PATH'], MANAGEMENT_TOKEN, ENCRYPTION_KEY, LOG_LEVEL: 'error', ...this.variables };
    const child = spawn(process.execPath, [LAUNCHER, 'dispatcher'], { env, stdio: ['ignore', 'inherit', 'inherit'] });
    // A trial that fails must not leave it behind.
    child.unref();
    process.once('exit', () => child.kill('SIGKILL'));
    this.child = child;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}
