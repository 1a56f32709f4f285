import { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';
import { errors } from '../../common/errors/errors.js';
import { BatchQueue } from './batch.queue.js';
import type { JournalBatch } from './journal.batch.js';
import type { FromEvents, QuestionName, ToEvents, WorkerSettings } from './journal.messages.js';
import { eventsWorkerFile } from './worker.file.js';

const FIRST_RESTART_MS = 100;
const LONGEST_RESTART_MS = 30_000;
/** A question that is not answered within this time is `store_unavailable`. */
const ANSWER_MS = 10_000;
/** How long a stop waits for the worker: a store that fails already is not likely to take anything. */
const STOP_MS = 10_000;
const FAILING_STOP_MS = 2000;
const LOG_EVERY_MS = 60_000;

/** Who waits for a batch. */
export interface BatchListener {
  /** All batches up to `id` are durable. `notices`: the ids of those that no replica had sent before. */
  onDurable(id: number, notices: readonly string[]): void;
  onLost(batch: JournalBatch): void;
}

interface Question {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** The thread that stores events, as the main thread sees it. It starts when it is first needed, and again when it ends. */
export class EventsThread {
  private readonly logger = new Logger('Events');
  private readonly queue: BatchQueue;
  private readonly questions = new Map<number, Question>();
  private worker: Worker | undefined;
  private restart: NodeJS.Timeout | undefined;
  private stopping: PromiseWithResolvers<void> | undefined;
  private isStopSent = false;
  private crashes = 0;
  private asked = 0;
  private loggedAt = -Infinity;
  private live: readonly string[] = [];
  /** The store does not take events, or the worker does not run. */
  isFailing = false;

  constructor(
    private readonly settings: () => WorkerSettings,
    maxEvents: number,
    private readonly listener: BatchListener,
  ) {
    this.queue = new BatchQueue(maxEvents, (batch) => this.lost(batch));
  }

  get isStarted(): boolean {
    return this.worker !== undefined;
  }

  /** Events that no store has, since the start of this process. */
  get dropped(): number {
    return this.queue.dropped;
  }

  post(batch: JournalBatch): void {
    this.queue.add(batch);
    this.pump();
  }

  /** The answer of the worker. Throws `store_unavailable` when there is none within 10 s. */
  async ask(name: QuestionName, args: readonly unknown[], limitMs = ANSWER_MS): Promise<unknown> {
    this.start();
    this.asked += 1;
    const id = this.asked;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.unanswered(id), limitMs);
      this.questions.set(id, { resolve, reject, timer });
      if (this.worker) this.send({ type: 'ask', id, name, args });
      else this.unanswered(id);
    });
  }

  /** The replicas that live now. */
  setLive(ids: readonly string[]): void {
    if (ids.join() === this.live.join()) return;
    this.live = ids;
    if (this.worker) this.send({ type: 'live', ids });
  }

  start(): void {
    if (this.worker || this.restart || this.stopping) return;
    const settings = this.settings();
    this.live = settings.live;
    try {
      this.worker = this.launch(settings);
    } catch (error) {
      // The system has no thread to give.
      this.logger.error({ msg: 'the events worker cannot be started', err: error });
      this.onExit();
    }
  }

  /** Resolves when the worker has stored everything, or after `limitMs`. */
  async stop(limitMs = this.isFailing ? FAILING_STOP_MS : STOP_MS): Promise<void> {
    if (this.queue.hasWaiting) this.start();
    this.stopping = Promise.withResolvers();
    clearTimeout(this.restart);
    if (this.worker) await this.stopped(this.worker, limitMs);
    const lost = this.queue.loseAll();
    if (lost > 0)
      this.logger.error({ msg: 'events are lost: the store did not take them before the stop', events: lost });
    for (const id of this.questions.keys()) this.unanswered(id);
  }

  private async stopped(worker: Worker, limitMs: number): Promise<void> {
    worker.ref();
    const limit = setTimeout(() => this.stopping!.resolve(), limitMs);
    this.stopWhenSent();
    await this.stopping!.promise;
    clearTimeout(limit);
    await worker.terminate();
  }

  /** The worker stops after the last batch. */
  private stopWhenSent(): void {
    if (!this.stopping || this.isStopSent || this.queue.hasWaiting) return;
    this.isStopSent = true;
    this.send({ type: 'stop' });
  }

  private launch(settings: WorkerSettings): Worker {
    const worker = new Worker(eventsWorkerFile(), { workerData: settings, name: 'events' });
    worker.on('message', (message: FromEvents) => this.receive(message));
    worker.on('error', (error) => this.logger.error({ msg: 'the events worker failed', err: error }));
    worker.once('exit', () => this.onExit());
    // The thread alone keeps no process alive: a stop waits for it.
    worker.unref();
    return worker;
  }

  private pump(): void {
    this.start();
    const { worker } = this;
    if (!worker) return;
    try {
      // Copied, not moved: V8 promotes objects of all kinds while buffers are moved.
      for (let batch = this.queue.next(); batch; batch = this.queue.next()) this.send({ type: 'batch', batch });
    } catch (error) {
      // A request must not fail with its event.
      this.logger.error({ msg: 'events cannot be handed to the events worker', err: error });
      void worker.terminate();
    }
  }

  private send(message: ToEvents): void {
    this.worker?.postMessage(message);
  }

  private receive(message: FromEvents): void {
    switch (message.type) {
      case 'appended':
        return this.onAppended(message.batch, message.notices);
      case 'answer':
        return this.answered(message.id, message.value);
      case 'unanswered':
        return this.unanswered(message.id);
      case 'store':
        return this.onStore(message.problem);
      case 'warning':
        return this.logger.warn({ msg: message.message, ...message.fields });
      case 'stopped':
        return this.stopping?.resolve();
      default:
        message satisfies never;
    }
  }

  private onAppended(id: number, notices: readonly string[]): void {
    this.crashes = 0;
    this.queue.appended(id);
    this.listener.onDurable(id, notices);
    this.pump();
    this.stopWhenSent();
  }

  private onStore(problem: string | undefined): void {
    this.isFailing = problem !== undefined;
    if (problem === undefined) this.logger.log('events are stored again');
    else this.logger.error({ msg: 'events cannot be stored at the moment; they are kept in memory', problem });
  }

  private answered(id: number, value: unknown): void {
    const question = this.questions.get(id);
    if (!question) return;
    this.questions.delete(id);
    clearTimeout(question.timer);
    question.resolve(value);
  }

  private unanswered(id: number): void {
    const question = this.questions.get(id);
    if (!question) return;
    this.questions.delete(id);
    clearTimeout(question.timer);
    question.reject(errors.storeUnavailable());
  }

  private onExit(): void {
    this.worker = undefined;
    for (const id of this.questions.keys()) this.unanswered(id);
    if (this.stopping) return this.stopping.resolve();
    this.isFailing = true;
    const lost = this.queue.losePosted();
    const pauseMs = Math.min(FIRST_RESTART_MS * 2 ** this.crashes, LONGEST_RESTART_MS);
    this.crashes += 1;
    this.logger.error({
      msg: 'the events worker has ended and is started again',
      lost_events: lost,
      pause_ms: pauseMs,
    });
    this.restart = setTimeout(() => this.startAgain(), pauseMs).unref();
  }

  private startAgain(): void {
    this.restart = undefined;
    this.isFailing = false;
    this.pump();
  }

  private lost(batch: JournalBatch): void {
    this.listener.onLost(batch);
    const now = performance.now();
    if (now - this.loggedAt < LOG_EVERY_MS) return;
    this.loggedAt = now;
    this.logger.error({ msg: 'events are dropped: the store does not take them', dropped: this.dropped });
  }
}
