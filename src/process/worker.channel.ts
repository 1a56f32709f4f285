import type { FromWorker, ToWorker } from './worker.messages.js';
import { asError, type StopSignals } from './stop.signals.js';
import type { Variables } from '../config/config.loader.js';

/** What a worker is told, by the primary and by signals of its own. */
export class WorkerChannel {
  private readonly serve = Promise.withResolvers<Variables>();
  private readonly orphan = Promise.withResolvers<void>();
  private readonly leave = Promise.withResolvers<void>();
  private readonly end = Promise.withResolvers<string | Error>();
  private readonly cut = Promise.withResolvers<void>();
  private terminations = 0;

  readonly variables = this.serve.promise;
  /** The primary is gone. */
  readonly orphaned = this.orphan.promise;
  /** The port is left to the others; not so when all drain, on the open port. */
  readonly leaves = this.leave.promise;
  readonly signals: StopSignals = {
    first: this.end.promise,
    second: this.cut.promise,
    fail: (error) => this.fail(error),
  };

  constructor() {
    process.on('message', (message: ToWorker) => this.obey(message));
    process.once('disconnect', () => {
      this.orphan.resolve();
      this.endAlone('disconnect');
    });
    process.on('SIGTERM', () => this.terminate());
    // A terminal sends it to the primary as well, which decides what comes of it.
    process.on('SIGINT', () => undefined);
    process.once('uncaughtException', (error: unknown) => this.fail(error));
  }

  private fail(error: unknown): void {
    this.endAlone(asError(error));
    tellPrimary({ say: 'leaving' });
  }

  private obey(message: ToWorker): void {
    switch (message.say) {
      case 'serve':
        return this.serve.resolve(message.variables);
      case 'stop':
        return this.end.resolve(message.why);
      case 'leave':
        return this.endAlone('SIGTERM');
      case 'cut':
        return this.cut.resolve();
      default:
        message satisfies never;
    }
  }

  /**
   * A whole group may be sent the signal, the primary too: it knows whether all end or only this worker, which serves
   * until told. Without a primary it drains already, and has been told often enough.
   */
  private terminate(): void {
    this.terminations += 1;
    tellPrimary({ say: 'leaving' });
    if (this.terminations === 1 && process.connected) return;
    this.endAlone('SIGTERM');
    this.cut.resolve();
  }

  private endAlone(why: string | Error): void {
    this.leave.resolve();
    this.end.resolve(why);
  }
}

/** Lost when the primary is gone. */
export function tellPrimary(message: FromWorker): void {
  if (process.connected) process.send!(message, undefined, undefined, () => undefined);
}
