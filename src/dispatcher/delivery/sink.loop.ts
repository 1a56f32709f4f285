import type { EventBatch, EventBus } from '../../events/event/event.bus.js';
import { withTimeout } from '../../common/values/with.timeout.js';
import { faultOf, retry } from '../sinks/http.outcome.js';
import type { EventSink, Outcome, SinkBatch } from '../sinks/event.sink.js';
import { BatchDelivery } from './batch.delivery.js';
import { InterruptiblePause } from './interruptible.pause.js';
import { retryPauseMs } from './retry.pause.js';
import { SinkFigures } from './sink.figures.js';
import { SinkHealth } from './sink.health.js';

/** Times in milliseconds. */
export interface LoopTimes {
  /** Between two looks at an empty bus. */
  readonly idleMs: number;
  /** Between two tries of a broken sink. */
  readonly brokenMs: number;
  /** The longest wait without a call of the bus, which renews the lease. */
  readonly renewMs: number;
  /** For the request in flight at a stop. */
  readonly stopMs: number;
}

export const LOOP_TIMES: LoopTimes = { idleMs: 500, brokenMs: 60_000, renewMs: 5000, stopMs: 5000 };

/** Receives what happens in a loop. */
export interface LoopListener {
  /** The first failure of an outage that ends only when an operator changes something. `occasion` names the outage. */
  onBroken(sink: string, reason: string, occasion: string): void;
  onDead(sink: string, events: number, reason: string): void;
  onBusError(sink: string, error: unknown): void;
}

const CLAIMED_BATCHES = 8;
/** For the calls of the bus at a stop. */
const BUS_MS = 2000;

/** Delivers the batches of one sink, one after the other, for as long as the process runs. */
export class SinkLoop {
  readonly figures: SinkFigures;
  readonly health: SinkHealth;
  private readonly pause = new InterruptiblePause();
  private readonly abort = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private isStopping = false;
  private isRegistered = false;
  private delivery: BatchDelivery | undefined;
  /** When the next try may begin, by the monotonic clock. */
  private notBefore = 0;
  private busFailures = 0;

  constructor(
    private readonly bus: EventBus,
    readonly sink: EventSink,
    private readonly batchSize: number,
    private readonly listener: LoopListener,
    private readonly times: LoopTimes = LOOP_TIMES,
  ) {
    this.figures = new SinkFigures(sink.name);
    this.health = new SinkHealth(sink.name);
  }

  start(): void {
    this.running = this.run();
  }

  /** Looks at the bus now. */
  wake(): void {
    if (this.notBefore === 0) this.pause.wake();
  }

  /** Ends after the batch in flight, which has `stopMs`, and gives the lease back. Does not wait for a bus that hangs. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.pause.wake();
    const timer = setTimeout(() => this.abort.abort(), this.times.stopMs);
    await withTimeout(this.times.stopMs + BUS_MS, this.running).catch(() => undefined);
    clearTimeout(timer);
    await this.sink.close().catch(() => undefined);
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      const pauseMs = await this.turn().catch((error: unknown) => this.onBusError(error));
      if (pauseMs > 0 && !this.isStopping) await this.pause.wait(pauseMs);
    }
    await this.bus.release(this.sink.name).catch(() => undefined);
  }

  /** Claims and delivers. Returns the milliseconds until the next turn. Each claim renews the lease, also during a long wait. */
  private async turn(): Promise<number> {
    await this.ensureRegistered();
    const batches = await this.bus.claim(this.sink.name, CLAIMED_BATCHES);
    this.busFailures = 0;
    const waitMs = this.notBefore - performance.now();
    if (batches.length > 0 && waitMs > 0) return Math.min(waitMs, this.times.renewMs);
    for (const batch of batches) {
      if (this.isStopping) return 0;
      if (!(await this.deliver(batch))) return Math.min(this.waitMs(), this.times.renewMs);
    }
    if (batches.length > 0) return 0;
    this.onEmpty();
    return this.times.idleMs;
  }

  private async ensureRegistered(): Promise<void> {
    if (!this.isRegistered) await this.bus.register(this.sink.name);
    this.isRegistered = true;
  }

  /** Nothing to do, or another process has the lease: what this process knows of a batch is no longer right. */
  private onEmpty(): void {
    this.delivery = undefined;
    this.notBefore = 0;
    this.health.onIdle();
  }

  private waitMs(): number {
    return Math.max(this.notBefore - performance.now(), 1);
  }

  /** False when the batch has to wait. */
  private async deliver(batch: EventBatch): Promise<boolean> {
    if (this.delivery?.id !== batch.id) this.delivery = new BatchDelivery(this.sink, batch, this.batchSize);
    const { delivery } = this;
    while (!delivery.isDone) {
      if (this.abort.signal.aborted) return false;
      const { outcome, dead } = await delivery.step((piece) => this.send(piece));
      if (dead.length > 0) await this.bury(dead);
      if (!this.mayContinue(outcome, batch)) return false;
    }
    await this.bus.acknowledge(this.sink.name, batch);
    this.delivery = undefined;
    return true;
  }

  private async bury(dead: Parameters<EventBus['bury']>[1]): Promise<void> {
    await this.bus.bury(this.sink.name, dead);
    this.figures.onDead(dead.length);
    this.listener.onDead(this.sink.name, dead.length, dead[0]!.reason);
  }

  private async send(piece: SinkBatch): Promise<Outcome> {
    const startedAt = performance.now();
    // A claim renews the lease while the sink takes its time.
    const renewal = setInterval(
      () => void this.bus.claim(this.sink.name, 1).catch(() => undefined),
      this.times.renewMs,
    );
    const outcome = await this.sink
      .send(piece, this.abort.signal)
      .catch((error: unknown): Outcome => retry(faultOf(error)))
      .finally(() => clearInterval(renewal));
    this.figures.onDelivery(outcome.kind, (performance.now() - startedAt) / 1000);
    return outcome;
  }

  /** Notes an outcome. False when the next try has to wait. */
  private mayContinue(outcome: Outcome, batch: EventBatch): boolean {
    switch (outcome.kind) {
      case 'taken':
      case 'refused':
        this.notBefore = 0;
        // A sink that refuses content works.
        this.health.onSuccess();
        return true;
      case 'retry':
        this.health.onFailure('retrying', outcome.reason);
        this.waitFor(outcome.afterMs ?? retryPauseMs(this.health.failures));
        return false;
      case 'broken':
        if (this.health.state !== 'broken') this.listener.onBroken(this.sink.name, outcome.reason, batch.id);
        this.health.onFailure('broken', outcome.reason);
        this.waitFor(this.times.brokenMs);
        return false;
      default:
        return outcome satisfies never;
    }
  }

  private waitFor(ms: number): void {
    this.notBefore = performance.now() + ms;
  }

  /** The bus reports its own faults; this one waits for it. */
  private onBusError(error: unknown): number {
    this.busFailures += 1;
    if (this.busFailures === 1) this.listener.onBusError(this.sink.name, error);
    return Math.max(retryPauseMs(this.busFailures), 10);
  }
}
