import { describe, expect, it } from 'vitest';
import { WorkerSupervisor } from './worker.supervisor.js';
import type { ToWorker } from './worker.messages.js';
import type { WorkerExit, WorkerProcess } from './worker.process.js';
import { createLogger } from '../common/logging/log.js';
import { StartupError } from '../common/errors/startup.error.js';

/** A worker without a process: it starts or refuses as constructed, and records the messages it receives. */
class FakeWorker {
  private readonly leave = Promise.withResolvers<void>();
  private readonly end = Promise.withResolvers<WorkerExit>();
  readonly started: Promise<number | StartupError>;
  readonly leaving = this.leave.promise;
  readonly ended = this.end.promise;
  readonly sent: string[] = [];
  readonly ranMs: number;
  readonly name = { worker: 0, pid: 0 };

  constructor(readonly hasRefused: boolean) {
    this.started = Promise.resolve(hasRefused ? new StartupError(78, ['a broken file']) : 8080);
    this.ranMs = hasRefused ? 0 : 60_000;
    if (hasRefused) this.exit();
  }

  /** As after a SIGTERM: it asks for a replacement and serves until the primary's message. */
  terminate(): void {
    this.leave.resolve();
  }

  send({ type }: ToWorker): void {
    this.sent.push(type);
    if (type !== 'serve') this.exit();
  }

  kill(): void {
    this.exit();
  }

  private exit(): void {
    this.leave.resolve();
    this.end.resolve({ code: 0, signal: null });
  }
}

describe(WorkerSupervisor.name, () => {
  it('starts a worker again that ends before it listens, when another one serves already', async () => {
    const workers: FakeWorker[] = [];
    const fork = (): WorkerProcess => {
      workers.push(new FakeWorker(workers.length === 1 || workers.length === 2));
      return workers.at(-1) as unknown as WorkerProcess;
    };
    const supervisor = new WorkerSupervisor(fork, createLogger({ level: 'silent', format: 'json' }));
    expect(await supervisor.start(2)).toBe(8080);
    expect(workers.map(({ hasRefused, sent }) => [hasRefused, sent])).toEqual([
      [false, []],
      [true, []],
      [true, []],
      [false, []],
    ]);
    expect(await supervisor.stop('SIGTERM', 0, Promise.resolve())).toBe(0);
  });

  it('refuses a start when the first worker does not listen', async () => {
    const fork = (): WorkerProcess => new FakeWorker(true) as unknown as WorkerProcess;
    const supervisor = new WorkerSupervisor(fork, createLogger({ level: 'silent', format: 'json' }));
    await expect(supervisor.start(2)).rejects.toThrow('a broken file');
  });

  it('keeps a worker until its replacement listens', async () => {
    const workers: FakeWorker[] = [];
    let refuses = false;
    const fork = (): WorkerProcess => {
      workers.push(new FakeWorker(refuses));
      return workers.at(-1) as unknown as WorkerProcess;
    };
    const supervisor = new WorkerSupervisor(fork, createLogger({ level: 'silent', format: 'json' }));
    await supervisor.start(2);
    const old = workers.slice(0, 2);
    refuses = true;
    for (const worker of old) worker.terminate();
    // Two tries for each: the second comes after a pause.
    await expect.poll(() => workers.length).toBeGreaterThanOrEqual(6);
    expect(old.map(({ sent }) => sent)).toEqual([[], []]);
    refuses = false;
    await expect.poll(() => old.map(({ sent }) => sent)).toEqual([['leave'], ['leave']]);
    expect(workers.filter(({ hasRefused, sent }) => !hasRefused && sent.length === 0)).toHaveLength(2);
    expect(await supervisor.stop('SIGTERM', 0, Promise.resolve())).toBe(0);
  });
});
