import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { AppConfig } from '../config/app.config.js';
import { MetricSources } from '../metrics/metric.sources.js';
import type { Sample } from '../metrics/sample.js';
import { ReplicaIdentity } from '../replicas/replica.identity.js';
import { ReplicaRegistry } from '../replicas/replica.registry.js';
import { EventJournal } from './journal/event.journal.js';
import { EventsThread } from './journal/events.thread.js';
import type { WorkerSettings, WorkerStatus } from './journal/journal.messages.js';
import type { EventDatabaseSettings } from './store/event.database.js';
import { prepareEventDatabase } from './store/event.file.js';

/** The start of a server does not share the processor with the start of the worker. */
const START_AFTER_MS = 1000;
const LOOK_EVERY_MS = 1000;
const STATUS_MS = 1000;
/** Events that wait in memory, for each event of OBSERVABILITY_BUFFER_SIZE. */
const WAITING_FACTOR = 64;

/** The events of this process: the journal on the main thread, and the worker that stores them. */
@Injectable()
export class Events implements OnModuleInit, OnApplicationBootstrap {
  readonly thread: EventsThread;
  readonly journal: EventJournal;
  private database!: EventDatabaseSettings;
  private startTimer: NodeJS.Timeout | undefined;
  private lookTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: AppConfig,
    private readonly self: ReplicaIdentity,
    private readonly registry: ReplicaRegistry,
    sources: MetricSources,
  ) {
    this.thread = new EventsThread(() => this.settings(), WAITING_FACTOR * config.events.bufferSize, {
      onDurable: (id, notices) => this.journal.onDurable(id, notices),
      onLost: (batch) => this.journal.onLost(batch),
    });
    this.journal = new EventJournal(this.thread, config.events.durability === 'strict');
    if (this.isOn) sources.add(() => this.samples());
  }

  get isOn(): boolean {
    return this.config.observability.enabled;
  }

  /** `degraded`: the store does not take events, or events were dropped since the start. */
  get health(): 'ok' | 'degraded' {
    return this.thread.isFailing || this.thread.dropped > 0 ? 'degraded' : 'ok';
  }

  /** Throws StartupError for a file of events that this program does not use. */
  async onModuleInit(): Promise<void> {
    if (this.isOn) this.database = await prepareEventDatabase(this.config.database);
  }

  /** What is left of a replica that crashed is found without a request too. */
  onApplicationBootstrap(): void {
    if (!this.isOn) return;
    this.startTimer = setTimeout(() => this.thread.start(), START_AFTER_MS).unref();
    this.lookTimer = setInterval(() => this.thread.setLive(this.live()), LOOK_EVERY_MS).unref();
  }

  /** Every event that was accepted is durable afterwards. */
  async close(): Promise<void> {
    clearTimeout(this.startTimer);
    clearInterval(this.lookTimer);
    this.journal.close();
    await this.thread.stop();
  }

  private settings(): WorkerSettings {
    const { events, prices, dispatcher, redis } = this.config;
    return {
      replicaId: this.self.id,
      database: this.database,
      events,
      pricesPath: prices.path,
      dispatcher,
      redisUrl: redis?.url,
      live: this.live(),
    };
  }

  /** A replica that is silent for a moment may still end its requests. A SQLite file has no other. */
  private live(): string[] {
    const { self, registry } = this;
    if (this.config.database.driver === 'sqlite') return [self.id];
    const others = registry.known.filter(({ isThis, silentMs }) => !isThis && silentMs <= registry.mayServeMs);
    return [self.id, ...others.map(({ id }) => id)];
  }

  /** Undefined before the first event, and while the worker does not answer. */
  async status(): Promise<WorkerStatus | undefined> {
    if (!this.thread.isStarted) return undefined;
    return (await this.thread.ask('status', [], STATUS_MS).catch(() => undefined)) as WorkerStatus | undefined;
  }

  private async samples(): Promise<readonly Sample[]> {
    const dropped = { name: 'llm_proxy_events_dropped_total', labels: { sink: 'store' }, value: this.thread.dropped };
    return [...((await this.status())?.samples ?? []), dropped];
  }
}
