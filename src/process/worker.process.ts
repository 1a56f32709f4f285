import cluster, { type Worker } from 'node:cluster';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import type { MetricCollector } from './metric.collector.js';
import type { FromWorker, ToWorker, WorkerSettings } from './worker.messages.js';
import { StartupError } from '../common/errors/startup.error.js';

/** The exit code, or the signal that ended the process. */
export interface WorkerExit {
  code: number | null;
  signal: string | null;
}

/** Shares the launcher's compile cache. Node appends the folder of its own version, which is removed here. */
function compileCache(): NodeJS.ProcessEnv {
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

/** One worker as the primary sees it. The constructor starts the process. */
export class WorkerProcess {
  private readonly worker: Worker = cluster.fork(compileCache());
  private readonly since = performance.now();
  private readonly start = Promise.withResolvers<number | StartupError>();
  private readonly leave = Promise.withResolvers<void>();
  private readonly end = Promise.withResolvers<WorkerExit>();

  /** The port it listens on, or the reason why it does not. */
  readonly started = this.start.promise;
  /** Resolves when the worker needs a replacement: it is about to end, or has ended. */
  readonly leaving = this.leave.promise;
  readonly ended = this.end.promise;
  hasListened = false;
  /** The worker has reported itself why it does not start. */
  hasRefused = false;

  constructor(
    settings: WorkerSettings,
    private readonly collector: MetricCollector,
  ) {
    this.worker.on('message', (message: FromWorker) => this.receive(message));
    this.worker.once('exit', (code: number | null, signal: string | null) => this.onEnd({ code, signal }));
    // A process that the system does not start emits no exit. Any other error is one of the pipe, and is ignored.
    this.worker.on('error', () => {
      if (this.worker.process.pid === undefined) this.onEnd({ code: 1, signal: null });
    });
    this.send({ type: 'serve', ...settings });
    collector.add(this);
  }

  /** Its fields in a log line. */
  get name(): { worker: number; pid: number | undefined } {
    return { worker: this.worker.id, pid: this.worker.process.pid };
  }

  get ranMs(): number {
    return performance.now() - this.since;
  }

  /** Does nothing when the worker has ended. */
  send(message: ToWorker): void {
    if (this.worker.isConnected()) this.worker.send(message, () => undefined);
  }

  kill(): void {
    this.worker.process.kill('SIGKILL');
  }

  private receive(message: FromWorker): void {
    switch (message.type) {
      case 'listening':
        this.hasListened = true;
        return this.start.resolve(message.port);
      case 'refused':
        this.hasRefused = !this.hasListened;
        return this.start.resolve(new StartupError(message.exitCode, message.problems));
      case 'leaving':
        return this.leave.resolve();
      case 'gather':
      case 'metrics':
        return this.collector.receive(this, message);
      default:
        message satisfies never;
    }
  }

  private onEnd(exit: WorkerExit): void {
    const how = exit.signal ?? `exit code ${exit.code}`;
    this.start.resolve(new StartupError(1, [`a worker ended before it listened (${how})`]));
    this.leave.resolve();
    this.end.resolve(exit);
  }
}
