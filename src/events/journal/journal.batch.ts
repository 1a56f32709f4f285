import type { CapturedBodies } from '../../http/captured.bodies.js';
import { FAILURE_ENDS } from '../event/failure.ends.js';
import type { Notice } from '../event/proxy.event.js';
import {
  FIGURES,
  USAGE_REASONS,
  type EncodedBody,
  type UsageReport,
  type UsageSource,
} from '../../openai/usage/usage.record.js';
import { ROUTE_NAMES } from '../../openai/route.name.js';

/** Exchanges of one batch. A worker that wakes up often costs the main thread more than its own work does. */
export const BATCH_EVENTS = 512;

/** What the worker needs of an exchange beside its line, as numbers: the worker parses no line. The figures come last. */
export const FACT = {
  at: 0,
  /** Indexes into `strings` of the batch; -1 for none. */
  project: 1,
  token: 2,
  model: 3,
  tier: 4,
  /** Index into ROUTE_NAMES. */
  route: 5,
  /** 1 for a status of 400 or more, or an end other than `ok`. */
  isError: 6,
  bytesIn: 7,
  /** Index into SOURCES; -1 when nothing has read the usage. */
  source: 8,
  /** Index into USAGE_REASONS; -1 for none. */
  reason: 9,
  /** Index into FAILURE_ENDS; -1 for a request that ended well. */
  end: 10,
  figures: 11,
} as const;
export const FACTS = FACT.figures + FIGURES.length;
export const SOURCES: readonly UsageSource[] = ['provider', 'estimated', 'none'];
export const SOURCE_INDEX: Readonly<Record<UsageSource, number>> = { provider: 0, estimated: 1, none: 2 };

export const FIGURE_INDEX: ReadonlyMap<string, number> = new Map(FIGURES.map((name, index) => [name, index]));
export const REASON_INDEX: ReadonlyMap<string, number> = new Map(USAGE_REASONS.map((reason, index) => [reason, index]));
export const END_INDEX: ReadonlyMap<string, number> = new Map(FAILURE_ENDS.map((end, index) => [end, index]));
export const ROUTE_INDEX: ReadonlyMap<string, number> = new Map(ROUTE_NAMES.map((route, index) => [route, index]));

/** What is left to the worker of one exchange: the line has no members of usage yet. */
export interface LateUsage {
  /** The place of the exchange in its batch. */
  readonly index: number;
  readonly report?: UsageReport;
  readonly encoded?: EncodedBody;
  readonly captured?: CapturedBodies;
  readonly call: {
    readonly method: string;
    /** Without its query. */
    readonly path: string;
    readonly status: number;
    readonly uuid: string;
    readonly requestId: string;
  };
}

/** What the main thread gives to the worker at once. It crosses as few and plain objects, because objects are cloned. */
export interface JournalBatch {
  readonly id: number;
  readonly count: number;
  /** The lines of the exchanges, each ended by `\n`, in UTF-8. */
  readonly text: Uint8Array<ArrayBuffer>;
  /** FACTS numbers an exchange. Absent figures are NaN. */
  readonly facts: Float64Array<ArrayBuffer>;
  readonly strings: readonly string[];
  readonly late: readonly LateUsage[];
  /** Exchanges that still run: lines of fields, tab-separated. */
  readonly open: string;
  readonly notices: readonly Notice[];
  readonly bytes: number;
}
