import { setTimeout as sleep } from 'node:timers/promises';
import type { EventReader } from '../event/event.queries.js';
import type { Notice } from '../event/proxy.event.js';
import type { BatchReader, ReadBatch } from './batch.reader.js';
import type { DomainFigures } from './domain.figures.js';
import type { EventDelivery } from './event.delivery.js';
import type { LineHead } from './event.work.js';
import type { JournalBatch } from './journal.batch.js';
import type { FromEvents, QuestionName, ToEvents, WorkerStatus } from './journal.messages.js';
import { type DeadArguments, type DeadDeed, doneWith } from './dead.events.js';
import type { DeadLetters } from '../store/bus/dead.letters.js';
import { DraftBodies } from '../store/bodies/body.table.js';
import type { SegmentDraft, StoreStatus } from '../store/event.draft.js';

const USAGE_EVERY_MS = 1000;
const UPKEEP_EVERY_MS = 60_000;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 5000;

/**
 * What the worker needs of the store. Its calls take turns. A draft whose append has failed may be appended again: it is
 * written once.
 */
export interface JournalStore {
  open(replicaId: string): Promise<number>;
  /** The ids of the notices that no process had sent before. */
  append(draft: SegmentDraft): Promise<readonly string[]>;
  writeUsage(): Promise<void>;
  recover(live: ReadonlySet<string>): Promise<number>;
  expireWork(now: number): Promise<number>;
  prune(now: number): Promise<{ readonly givenUpEvents: number }>;
  status(): Promise<StoreStatus>;
  /** Writes the sums. */
  close(): Promise<void>;
}

export interface WorkerStore {
  readonly store: JournalStore;
  readonly queries: EventReader;
  readonly dead: Pick<DeadLetters, DeadDeed>;
  /** Absent in a process without sinks. */
  readonly delivery?: EventDelivery;
  /** Closes the database. */
  close(): Promise<void>;
}

export interface WorkerParts {
  /** Opens the store. It is called again after a failure. */
  open(): Promise<WorkerStore>;
  readonly replicaId: string;
  readonly live: readonly string[];
  readonly figures: DomainFigures;
  /** Makes the reader of batches, once the head of the lines is known. */
  reader(head: LineHead): BatchReader;
  send(message: FromEvents): void;
}

/** The events worker without its thread: reads batches, appends them in order, and keeps the store in order. */
export class EventsWorkerBody {
  private readonly waiting: JournalBatch[] = [];
  /** Of the delivery on this thread. */
  private readonly notices: Notice[] = [];
  private readonly opened = Promise.withResolvers<WorkerStore>();
  private readonly timers: NodeJS.Timeout[] = [];
  private reader: BatchReader | undefined;
  private appending: Promise<void> | undefined;
  private live: ReadonlySet<string>;
  private isFailing = false;
  /** Of each line, before its `seq`. */
  private prefix = '';

  constructor(private readonly parts: WorkerParts) {
    this.live = new Set(parts.live);
  }

  async start(): Promise<void> {
    const { replicaId } = this.parts;
    const opened = await this.untilItWorks(async () => {
      const found = await this.parts.open();
      const epoch = await found.store.open(replicaId);
      this.prefix = `{"v":1,"replica":"${replicaId}","epoch":${epoch},"seq":`;
      return found;
    });
    this.reader = this.parts.reader((seq) => this.head(seq));
    this.opened.resolve(opened);
    void this.recover();
    this.every(USAGE_EVERY_MS, async ({ store }) => store.writeUsage());
    this.every(UPKEEP_EVERY_MS, (found) => this.keepUp(found));
    opened.delivery?.start();
    this.appendAll();
  }

  /** Stores a notice of this thread. */
  notify(notice: Notice): void {
    this.notices.push(notice);
    this.appendAll();
  }

  receive(message: ToEvents): void {
    switch (message.type) {
      case 'batch':
        this.waiting.push(message.batch);
        return this.appendAll();
      case 'ask':
        return void this.answer(message.id, message.name, message.args);
      case 'live':
        this.live = new Set(message.ids);
        return void this.recover();
      case 'stop':
        return void this.stop();
      default:
        message satisfies never;
    }
  }

  private head(seq: number): string {
    return `${this.prefix}${seq},`;
  }

  /** One append at a time: what comes meanwhile goes with the next one. */
  private appendAll(): void {
    const { reader } = this;
    if (!reader || this.appending || this.waiting.length + this.notices.length === 0) return;
    this.appending = this.append(reader).finally(() => {
      this.appending = undefined;
      this.appendAll();
    });
  }

  private async append(reader: BatchReader): Promise<void> {
    const batches: ReadBatch[] = [];
    for (const batch of this.waiting.splice(0)) batches.push(await reader.read(batch));
    const stored: string[] = [];
    const draft = this.draftOf(batches, this.notices.splice(0), stored);
    const { store, delivery } = await this.opened.promise;
    const notices = await this.untilItWorks(() => store.append(draft));
    delivery?.stored(new DraftBodies(draft.bodies).join(stored));
    this.parts.figures.wasAppended(draft.count);
    const last = batches.at(-1);
    if (last) this.parts.send({ type: 'appended', batch: last.id, notices });
  }

  /** `stored` receives the lines as they are stored; a repeated append replaces them. */
  private draftOf(batches: readonly ReadBatch[], notices: readonly Notice[], stored: string[]): SegmentDraft {
    const tails = batches.flatMap(({ lines }) => lines);
    return {
      lines: (seq) => {
        for (let index = 0; index < tails.length; index += 1)
          stored[index] = `${this.prefix}${seq + index},${tails[index]!}`;
        return stored;
      },
      count: tails.length,
      folds: batches.flatMap(({ folds }) => folds),
      open: batches.flatMap(({ open }) => open),
      notices: [...batches.flatMap((batch) => batch.notices), ...notices],
      workOpened: batches.flatMap(({ workOpened }) => workOpened),
      workClaims: batches.flatMap(({ workClaims }) => workClaims),
      bodies: batches.flatMap(({ bodies }) => bodies),
    };
  }

  /** Exchanges of a replica that is gone end with an event of their own. */
  private async recover(): Promise<void> {
    const { store } = await this.opened.promise;
    await this.attempt(() => store.recover(this.live));
  }

  private async keepUp({ store }: WorkerStore): Promise<void> {
    const now = Date.now();
    await store.expireWork(now);
    const { givenUpEvents } = await store.prune(now);
    if (givenUpEvents > 0)
      this.warn(
        `${givenUpEvents} events are given up: a sink has not taken them within EVENTS_MAX_AGE and EVENTS_MAX_BYTES`,
      );
  }

  private every(ms: number, task: (opened: WorkerStore) => Promise<unknown>): void {
    this.timers.push(setInterval(() => void this.opened.promise.then((found) => this.attempt(() => task(found))), ms));
  }

  /** Upkeep that fails is repeated by its timer. */
  private async attempt(task: () => Promise<unknown>): Promise<void> {
    await task().catch((error: unknown) => this.warn(`the store of events failed: ${textOf(error)}`));
  }

  private async untilItWorks<T>(task: () => Promise<T>): Promise<T> {
    for (let pauseMs = FIRST_RETRY_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_RETRY_MS))
      try {
        const result = await task();
        if (this.isFailing) this.parts.send({ type: 'store' });
        this.isFailing = false;
        return result;
      } catch (error) {
        if (!this.isFailing) this.parts.send({ type: 'store', problem: textOf(error) });
        this.isFailing = true;
        await sleep(pauseMs);
      }
  }

  private async answer(id: number, name: QuestionName, args: readonly unknown[]): Promise<void> {
    try {
      this.parts.send({ type: 'answer', id, value: await this.ask(name, args) });
    } catch (error) {
      this.warn(`a query of events failed: ${textOf(error)}`);
      this.parts.send({ type: 'unanswered', id });
    }
  }

  private async ask(name: QuestionName, args: readonly unknown[]): Promise<unknown> {
    const { store, queries, delivery, dead } = await this.opened.promise;
    if (name === 'status') return this.status(store, delivery);
    if (name === 'dead') return doneWith(dead, args as DeadArguments);
    if (name === 'usage') await store.writeUsage();
    return (queries[name] as (...all: readonly unknown[]) => Promise<unknown>)(...args);
  }

  private async status(store: JournalStore, delivery: EventDelivery | undefined): Promise<WorkerStatus> {
    const delivered = (await delivery?.samples()) ?? [];
    return {
      samples: [...this.parts.figures.samples(), ...delivered],
      store: await store.status(),
      sinks: (await delivery?.status()) ?? [],
    };
  }

  /** Everything that was received is durable afterwards. */
  private async stop(): Promise<void> {
    const { store, delivery, close } = await this.opened.promise;
    await this.appended();
    for (const timer of this.timers) clearInterval(timer);
    await this.attempt(async () => delivery?.stop());
    // A sink may have broken in its last request.
    await this.appended();
    await this.attempt(() => store.close());
    await this.attempt(close);
    this.parts.send({ type: 'stopped' });
  }

  private async appended(): Promise<void> {
    while (this.appending) await this.appending;
  }

  private warn(message: string): void {
    this.parts.send({ type: 'warning', message });
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown error');
