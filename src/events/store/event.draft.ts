import type { RouteName } from '../../openai/route.name.js';
import type { Figures, UsageSource, Work } from '../../openai/usage/usage.record.js';
import type { KeptBodies } from '../event/capture.line.js';
import type { FailureEnd } from '../event/failure.ends.js';
import type { Notice } from '../event/proxy.event.js';

/** What one event adds to the sums of its quarter hour. */
export interface Fold {
  /** The start of the quarter hour in which the exchange began, in milliseconds since the epoch. */
  readonly quarter: number;
  readonly projectId: string;
  readonly tokenId: string;
  /** A name of the price list, or `other`. */
  readonly model: string;
  readonly route: RouteName;
  readonly tier: string;
  readonly isError: boolean;
  /** Undefined for a request that ended well. */
  readonly end: FailureEnd | undefined;
  readonly usage: UsageSource;
  readonly isUnknown: boolean;
  readonly isUnpriced: boolean;
  readonly requests: 0 | 1;
  readonly figures: Figures;
  readonly costNanoUsd: number;
}

/** An exchange that still runs. */
export interface OpenExchange {
  readonly uuid: string;
  readonly requestId: string;
  /** When it began, in milliseconds since the epoch. */
  readonly at: number;
  readonly projectId?: string;
  readonly tokenId?: string;
  readonly method: string;
  readonly route: RouteName;
  readonly path: string;
}

/** Work whose figures come later, with the exchange that made it. */
export interface OpenWork {
  readonly key: string;
  readonly kind: Work['kind'];
  readonly projectId: string;
  readonly tokenId: string;
  readonly tier: string;
  readonly model: string;
  readonly uuid: string;
  readonly requestId: string;
  readonly route: RouteName;
  readonly at: number;
  readonly deadline: number;
}

/** Final figures of work that may be open. */
export interface WorkClaim {
  readonly key: string;
  /** The event of the figures. Called when the work was open; may be called again when its transaction runs again. */
  complete(maker: OpenWork, seq: number): { line: string; fold: Fold };
}

/** What is written in one transaction. */
export interface SegmentDraft {
  /** The events, the first of which has `seq`. Each line gives `id` before any other text of a client. */
  readonly lines: (seq: number) => readonly string[];
  readonly count: number;
  readonly folds: readonly Fold[];
  readonly open: readonly OpenExchange[];
  readonly notices: readonly Notice[];
  readonly workOpened: readonly OpenWork[];
  readonly workClaims: readonly WorkClaim[];
  /** Captured bodies of the events. */
  readonly bodies?: readonly KeptBodies[];
}

export interface StoreSettings {
  /** How long events are kept for a search; 0 = events are kept for sinks alone. */
  readonly keepMs: number;
  /** How long at most they are kept for sinks. */
  readonly maxAgeMs: number;
  /** Of all segments; 0 = no limit. */
  readonly maxBytes: number;
  /** 0 = for ever. */
  readonly usageKeepMs: number;
  /** How long captured bodies are kept at most; never longer than their events. */
  readonly bodiesKeepMs: number;
  /** Of the bodies of one project; 0 = no limit. */
  readonly bodiesMaxBytes: number;
  /** An exchange is stored before it is sent. */
  readonly isStrict: boolean;
  /** The name in the price list of a model; undefined when it has none. */
  readonly nameOf: (model: string) => string | undefined;
  /**
   * How long the mark of a replica must rest before it is taken for dead: after an outage of the database all replicas seem
   * to be gone. 6 s by default; 0 on SQLite, where there is no other server.
   */
  readonly quietMs?: number;
}

export interface StoreStatus {
  readonly segments: number;
  readonly bytes: number;
  /** Events that this process gave up for sinks. */
  readonly dropped: number;
  readonly sinks: Record<string, { pending: number; oldestSeconds: number; dead: number }>;
}
