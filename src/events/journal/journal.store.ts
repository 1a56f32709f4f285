import type { RouteName } from '../../openai/route.name.js';
import type { Figures, UsageSource, Work } from '../../openai/usage/usage.record.js';
import type { Notice } from '../event/proxy.event.js';

export interface Fold {
  /** The start of the quarter hour in which the exchange began, in milliseconds since the epoch. */
  readonly quarter: number;
  readonly projectId: string;
  readonly tokenId: string;
  readonly model: string;
  readonly route: RouteName;
  readonly tier: string;
  readonly isError: boolean;
  readonly usage: UsageSource;
  readonly isUnknown: boolean;
  readonly isUnpriced: boolean;
  readonly requests: 0 | 1;
  readonly figures: Figures;
  readonly costNanoUsd: number;
}
export interface OpenExchange {
  readonly uuid: string;
  readonly requestId: string;
  readonly at: number;
  readonly projectId?: string;
  readonly tokenId?: string;
  readonly method: string;
  readonly route: RouteName;
  readonly path: string;
}
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
export interface WorkClaim {
  readonly key: string;
  complete(maker: OpenWork, seq: number): { line: string; fold: Fold };
}
export interface SegmentDraft {
  readonly lines: (seq: number) => readonly string[];
  readonly count: number;
  readonly folds: readonly Fold[];
  readonly open: readonly OpenExchange[];
  readonly notices: readonly Notice[];
  readonly workOpened: readonly OpenWork[];
  readonly workClaims: readonly WorkClaim[];
}
export interface StoreStatus {
  readonly segments: number;
  readonly bytes: number;
  readonly dropped: number;
  readonly sinks: Readonly<Record<string, { readonly pending: number; readonly oldestSeconds: number; readonly dead: number }>>;
}
/** What the journal needs of the store of events. */
export interface JournalStore {
  open(replicaId: string): Promise<number>;
  append(draft: SegmentDraft): Promise<void>;
  writeUsage(): Promise<void>;
  recover(live: ReadonlySet<string>): Promise<number>;
  expireWork(now: number): Promise<number>;
  prune(now: number): Promise<{ givenUpEvents: number }>;
  status(): Promise<StoreStatus>;
  close(): Promise<void>;
}
