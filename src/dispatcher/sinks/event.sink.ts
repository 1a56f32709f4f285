/** Lines for one request to a sink: each is a ProxyEvent or a Notice as JSON. */
export interface SinkBatch {
  /** The same on every delivery of the same lines. */
  readonly id: string;
  readonly lines: readonly string[];
}

/** What a sink made of a batch. Reasons are short and contain no secret, no URL and no body. */
export type Outcome =
  /** The sink has every line, but for the refused ones, which it never takes. */
  | { readonly kind: 'taken'; readonly refused?: readonly RefusedLine[] }
  /** The sink cannot take lines now. `afterMs` is the wait that it asks for. */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number }
  /** The sink takes nothing until an operator changes something, such as its key. */
  | { readonly kind: 'broken'; readonly reason: string }
  /** The sink takes no batch with these lines. One of them may be the cause. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface RefusedLine {
  /** The index in the batch. */
  readonly at: number;
  readonly reason: string;
}

export const TAKEN: Outcome = { kind: 'taken' };

/** The most that one batch contains. A single longer line is a batch of its own. */
export interface BatchLimits {
  readonly lines: number;
  readonly bytes: number;
}

/** A destination of events. One instance belongs to one process. */
export abstract class EventSink {
  /** The name in `DISPATCHER_SERVICES`, the bus and the metrics. */
  abstract readonly name: string;
  /** False: the batches contain no notices. */
  abstract readonly takesNotices: boolean;
  abstract readonly limits: BatchLimits;
  /**
   * Resolves with what became of the batch; a rejection counts as `retry`. `signal` aborts at a stop of the process, which
   * leaves the batch to the next start.
   */
  abstract send(batch: SinkBatch, signal: AbortSignal): Promise<Outcome>;
  /** Closes connections and files. */
  abstract close(): Promise<void>;
}
