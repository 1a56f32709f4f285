import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Backoff } from './backoff.js';
import type { ToWorker } from './worker.messages.js';
import type { Ending, WorkerProcess } from './worker.process.js';
import { StartupError } from '../common/errors/startup.error.js';

/** What a worker may take to write its counters and close, once nothing runs in it. */
const CLOSING_MS = 5000;

/** Keeps a number of workers running until it is told to stop. */
export class WorkerSupervisor {
  private readonly workers = new Set<WorkerProcess>();
  private readonly stopping = new AbortController();
  private failures = 0;

  constructor(
    private readonly fork: () => WorkerProcess,
    private readonly logger: Logger,
  ) {}

  /** Resolves with the port they share when all listen. Throws the StartError of the first that does not: there is no second try. */
  async start(count: number): Promise<number> {
    // One alone at first: what it refuses all would, and none has to wait while it migrates.
    const port = await this.fill();
    await Promise.all(Array.from({ length: count - 1 }, async () => this.fill()));
    return port;
  }

  /** Drains all at once; resolves with the number of those that did not end well. */
  async stop(why: string, graceMs: number, hurry: Promise<unknown>): Promise<number> {
    this.stopping.abort();
    this.failures = 0;
    this.tell({ say: 'stop', why });
    const timers = new AbortController();
    const ended = Promise.all([...this.workers].map(async (worker) => worker.ended));
    await Promise.race([ended, hurry, pause(graceMs, timers.signal)]);
    this.tell({ say: 'cut' });
    await Promise.race([ended, pause(CLOSING_MS, timers.signal)]);
    for (const worker of this.workers) worker.kill();
    await ended;
    timers.abort();
    return this.failures;
  }

  private tell(message: ToWorker): void {
    for (const worker of this.workers) worker.tell(message);
  }

  private async fill(): Promise<number> {
    const worker = this.add();
    const started = await worker.started;
    if (started instanceof StartupError) throw started;
    this.logger.info(worker.name, 'a worker listens');
    void this.keep(worker);
    return started;
  }

  /** One place: whoever leaves it is followed by another, as long as the server runs. */
  private async keep(first: WorkerProcess): Promise<void> {
    const backoff = new Backoff();
    for (let worker = first; ;) {
      await worker.leaving;
      const next = await this.successor(worker.ranMs, backoff);
      if (!next) return;
      // Only now: it served on, so that the port was never short of one.
      worker.tell({ say: 'leave' });
      worker = next;
    }
  }

  /** One that listens, after as many as refuse to; undefined when the server ends. */
  private async successor(ranMs: number, backoff: Backoff): Promise<WorkerProcess | undefined> {
    for (let lastMs = ranMs; ;) {
      await pause(backoff.pauseMs(lastMs), this.stopping.signal);
      if (this.stopping.signal.aborted) return undefined;
      const next = this.add();
      const started = await next.started;
      if (!(started instanceof StartupError)) {
        this.logger.info(next.name, 'a worker listens');
        return next;
      }
      this.logger.error({ ...next.name, why: started.problems }, 'a worker did not start');
      lastMs = next.ranMs;
    }
  }

  private add(): WorkerProcess {
    const worker = this.fork();
    this.workers.add(worker);
    void worker.ended.then((ending) => this.remove(worker, ending));
    return worker;
  }

  private remove(worker: WorkerProcess, ending: Ending): void {
    this.workers.delete(worker);
    if (worker.hasRefused) return;
    if (ending.code === 0) return this.logger.info(worker.name, 'a worker has ended');
    this.failures += 1;
    this.logger.error({ ...worker.name, ...ending }, 'a worker crashed');
  }
}

const pause = async (ms: number, signal: AbortSignal): Promise<unknown> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
