import type { EventsConfig } from '../../config/app.config.js';
import type { DispatcherConfig } from '../../config/values/dispatcher.config.js';
import type { Sample } from '../../metrics/sample.js';
import type { SinkState } from './event.delivery.js';
import type { JournalBatch } from './journal.batch.js';
import type { EventDatabaseSettings } from '../store/event.database.js';
import type { StoreStatus } from '../store/event.draft.js';

/** What the events worker is started with. It holds the URL of the database, which is a secret. */
export interface WorkerSettings {
  readonly replicaId: string;
  readonly database: EventDatabaseSettings;
  readonly events: EventsConfig;
  /** PRICES_PATH. */
  readonly pricesPath: string | undefined;
  /** The sinks that this process delivers to, with their secrets. */
  readonly dispatcher: DispatcherConfig;
  /** REDIS_URL. */
  readonly redisUrl: string | undefined;
  /** The replicas that live, as last read. */
  readonly live: readonly string[];
}

export interface WorkerStatus {
  readonly samples: readonly Sample[];
  readonly store: StoreStatus | undefined;
  /** Of the sinks that this process delivers to. */
  readonly sinks: readonly SinkState[];
}

/** Questions to the worker, by name: the queries of EventReader, its own state, and what is done with dead events. */
export type QuestionName = 'requests' | 'request' | 'after' | 'usage' | 'status' | 'dead';

export type ToEvents =
  | { readonly type: 'batch'; readonly batch: JournalBatch }
  | { readonly type: 'ask'; readonly id: number; readonly name: QuestionName; readonly args: readonly unknown[] }
  | { readonly type: 'live'; readonly ids: readonly string[] }
  /** Write everything, and end. */
  | { readonly type: 'stop' };

export type FromEvents =
  /** All batches up to this one are durable. `notices`: the ids of those that no replica had sent before. */
  | { readonly type: 'appended'; readonly batch: number; readonly notices: readonly string[] }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  /** Without a reason: the text of an error may contain a secret. */
  | { readonly type: 'unanswered'; readonly id: number }
  /** The store does not take events; `problem` is absent when it does again. */
  | { readonly type: 'store'; readonly problem?: string }
  | { readonly type: 'warning'; readonly message: string; readonly fields?: Readonly<Record<string, unknown>> }
  | { readonly type: 'stopped' };
