import cluster, { type Worker } from 'node:cluster';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import type { FromWorker, ToWorker } from './worker.messages.js';
import { StartupError } from '../common/errors/startup.error.js';
import type { Variables } from '../config/config.loader.js';

/** The exit code, or the signal that ended it. */
export interface Ending {
  code: number | null;
  signal: string | null;
}

/** Where Node keeps compiled code, for a process that the launcher does not start: without the folder of this version of Node. */
function compileCache(): NodeJS.ProcessEnv {
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

/** One worker as the primary sees it; it starts when this is made. */
export class WorkerProcess {
  private readonly worker: Worker = cluster.fork(compileCache());
  private readonly since = performance.now();
  private readonly start = Promise.withResolvers<number | StartupError>();
  private readonly leave = Promise.withResolvers<void>();
  private readonly end = Promise.withResolvers<Ending>();

  /** The port it listens on, or why it does not. */
  readonly started = this.start.promise;
  /** Its place is to be filled: it is about to end, or has ended. */
  readonly leaving = this.leave.promise;
  readonly ended = this.end.promise;
  private hasListened = false;
  /** It said itself why it does not start. */
  hasRefused = false;

  constructor(variables: Variables) {
    this.worker.on('message', (message: FromWorker) => this.hear(message));
    this.worker.once('exit', (code: number | null, signal: string | null) => this.hasEnded({ code, signal }));
    // A process that the system refused has no exit; any other error is one of its pipe, and tells nothing new.
    this.worker.on('error', () => {
      if (this.worker.process.pid === undefined) this.hasEnded({ code: 1, signal: null });
    });
    this.tell({ say: 'serve', variables });
  }

  /** What a line in the log says of it. */
  get name(): { worker: number; pid: number | undefined } {
    return { worker: this.worker.id, pid: this.worker.process.pid };
  }

  get ranMs(): number {
    return performance.now() - this.since;
  }

  /** Lost when it has ended. */
  tell(message: ToWorker): void {
    if (this.worker.isConnected()) this.worker.send(message, () => undefined);
  }

  kill(): void {
    this.worker.process.kill('SIGKILL');
  }

  private hear(message: FromWorker): void {
    switch (message.say) {
      case 'listening':
        this.hasListened = true;
        return this.start.resolve(message.port);
      case 'refused':
        this.hasRefused = !this.hasListened;
        return this.start.resolve(new StartupError(message.exitCode, message.faults));
      case 'leaving':
        return this.leave.resolve();
      default:
        message satisfies never;
    }
  }

  private hasEnded(ending: Ending): void {
    const how = ending.signal ?? `exit code ${ending.code}`;
    this.start.resolve(new StartupError(1, [`a worker ended before it listened (${how})`]));
    this.leave.resolve();
    this.end.resolve(ending);
  }
}
