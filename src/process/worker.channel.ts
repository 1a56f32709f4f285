import type { FromWorker, MetricsToWorker, ToWorker, WorkerSettings } from './worker.messages.js';
import { asError, type StopSignals } from './stop.signals.js';

/** How long a replaced worker waits for the next request of each kept connection, whose response closes the connection. */
const LAST_REQUESTS_MS = 1000;

/** What a worker receives: messages of the primary, and signals of the system. */
export class WorkerChannel {
  private readonly serve = Promise.withResolvers<WorkerSettings>();
  private readonly orphan = Promise.withResolvers<void>();
  private readonly leave = Promise.withResolvers<void>();
  private readonly end = Promise.withResolvers<string | Error>();
  private readonly cutNow = Promise.withResolvers<void>();
  private terminations = 0;

  readonly settings = this.serve.promise;
  /** The primary has ended. */
  readonly orphaned = this.orphan.promise;
  /** This worker stops listening and the others go on. A drain of all workers keeps the port open. */
  readonly leavesPort = this.leave.promise;
  readonly signals: StopSignals = {
    first: this.end.promise,
    second: this.cutNow.promise,
    fail: (error) => this.fail(error),
  };

  /** Set by a worker that has metrics. */
  onMetrics: (message: MetricsToWorker) => void = () => undefined;

  constructor() {
    process.on('message', (message: ToWorker) => this.receive(message));
    process.once('disconnect', () => {
      this.orphan.resolve();
      this.drainAlone('disconnect');
    });
    process.on('SIGTERM', () => this.terminate());
    // A terminal sends these to the primary as well, which decides.
    process.on('SIGINT', () => undefined);
    process.on('SIGHUP', () => undefined);
    process.once('uncaughtException', (error: unknown) => this.fail(error));
  }

  private fail(error: unknown): void {
    this.drainAlone(asError(error));
    sendToPrimary({ type: 'leaving' });
  }

  private receive(message: ToWorker): void {
    switch (message.type) {
      case 'serve':
        return this.serve.resolve(message);
      case 'stop':
        return this.end.resolve(message.why);
      case 'leave':
        return this.leavePort();
      case 'cut':
        return this.cutNow.resolve();
      case 'report':
      case 'gathered':
        return this.onMetrics(message);
      default:
        message satisfies never;
    }
  }

  /**
   * The signal may go to the whole process group. Only the primary knows whether all stop or this worker alone, so the
   * worker serves until the primary's message. A second signal, or one without a primary, ends the wait at once.
   */
  private terminate(): void {
    this.terminations += 1;
    sendToPrimary({ type: 'leaving' });
    if (this.terminations === 1 && process.connected) return;
    this.drainAlone('SIGTERM');
    this.cutNow.resolve();
  }

  private leavePort(): void {
    this.leave.resolve();
    setTimeout(() => this.end.resolve('SIGTERM'), LAST_REQUESTS_MS).unref();
  }

  private drainAlone(why: string | Error): void {
    this.leave.resolve();
    this.end.resolve(why);
  }
}

/** Does nothing when the primary has ended. */
export function sendToPrimary(message: FromWorker): void {
  void sentToPrimary(message);
}

/** As `sendToPrimary`; resolves once the message is out. */
export async function sentToPrimary(message: FromWorker): Promise<void> {
  if (!process.connected) return;
  await new Promise<void>((resolve) => process.send!(message, undefined, undefined, () => resolve()));
}
