import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Backoff } from './backoff.js';
import type { ToWorker } from './worker.messages.js';
import type { WorkerExit, WorkerProcess } from './worker.process.js';
import { StartupError } from '../common/errors/startup.error.js';

/** How long a worker may take to write its counts and close, once no request runs in it. */
const CLOSING_MS = 5000;

/** Keeps a number of workers running until `stop`. */
export class WorkerSupervisor {
  private readonly workers = new Set<WorkerProcess>();
  private readonly stopping = new AbortController();
  private failures = 0;

  constructor(
    private readonly fork: () => WorkerProcess,
    private readonly logger: Logger,
  ) {}

  /**
   * Resolves with the shared port when all workers listen. Throws the StartupError of the first worker. The others are
   * started until they listen, because the first one serves already.
   */
  async start(count: number): Promise<number> {
    // The first starts alone: it migrates the database, and what it refuses the others would refuse as well.
    const first = this.add();
    const port = await first.started;
    if (port instanceof StartupError) throw port;
    this.logger.info(first.name, 'a worker listens');
    void this.keepFilled(first);
    await Promise.all(Array.from({ length: count - 1 }, async () => this.fillSlot()));
    return port;
  }

  /** Drains all workers at once; resolves with the number of those that failed. */
  async stop(why: string, graceMs: number, hurry: Promise<unknown>): Promise<number> {
    this.stopping.abort();
    this.failures = 0;
    this.sendToAll({ type: 'stop', why });
    const timers = new AbortController();
    const ended = Promise.all([...this.workers].map(async (worker) => worker.ended));
    await Promise.race([ended, hurry, pause(graceMs, timers.signal)]);
    this.sendToAll({ type: 'cut' });
    await Promise.race([ended, pause(CLOSING_MS, timers.signal)]);
    for (const worker of this.workers) worker.kill();
    await ended;
    timers.abort();
    return this.failures;
  }

  private sendToAll(message: ToWorker): void {
    for (const worker of this.workers) worker.send(message);
  }

  /** Resolves when a worker listens, or when the server stops. */
  private async fillSlot(): Promise<void> {
    const worker = await this.startWorker(new Backoff());
    if (worker) void this.keepFilled(worker);
  }

  /** Replaces a worker that leaves, as long as the server runs. */
  private async keepFilled(first: WorkerProcess): Promise<void> {
    const backoff = new Backoff();
    for (let worker = first; ;) {
      await worker.leaving;
      const next = await this.startWorker(backoff, worker.ranMs);
      if (!next) return;
      // Only now: the old worker serves until its replacement listens.
      worker.send({ type: 'leave' });
      worker = next;
    }
  }

  /** Starts workers until one listens; undefined when the server stops. */
  private async startWorker(backoff: Backoff, ranMs = 0): Promise<WorkerProcess | undefined> {
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
    void worker.ended.then((exit) => this.remove(worker, exit));
    return worker;
  }

  private remove(worker: WorkerProcess, exit: WorkerExit): void {
    this.workers.delete(worker);
    if (worker.hasRefused) return;
    if (exit.code === 0) return this.logger.info(worker.name, 'a worker has ended');
    this.failures += 1;
    this.logger.error({ ...worker.name, ...exit }, 'a worker crashed');
  }
}

const pause = async (ms: number, signal: AbortSignal): Promise<unknown> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
