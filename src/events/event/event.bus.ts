/** Lines that are delivered together: each is a ProxyEvent or a Notice as JSON. */
export interface EventBatch {
  /** Stable over redelivery. */
  readonly id: string;
  readonly lines: readonly string[];
}

export interface DeadEvent {
  readonly eventId: string;
  readonly line: string;
  readonly reason: string;
  readonly tries: number;
}

export interface SinkLag {
  readonly events: number;
  /** Age of the oldest event that the sink has not taken. */
  readonly seconds: number;
}

/**
 * Carries events from the servers to the sinks, at least once. Used on the events worker and in a dispatcher process, never
 * on a request's way. One instance belongs to one process.
 */
export abstract class EventBus {
  /** Events are kept for the sink from now on, until it has acknowledged them or is removed. */
  abstract register(sink: string): Promise<void>;
  abstract remove(sink: string): Promise<void>;
  /**
   * The oldest batches that the sink has not acknowledged, in order. Only the process that holds the sink's lease gets any:
   * an empty list otherwise, and when there are none.
   */
  abstract claim(sink: string, maxBatches: number): Promise<EventBatch[]>;
  /** The sink has all events of the batch. */
  abstract acknowledge(sink: string, batch: EventBatch): Promise<void>;
  /** Sets events aside that the sink refuses for good. The caller acknowledges the batch afterwards. */
  abstract bury(sink: string, events: readonly DeadEvent[]): Promise<void>;
  abstract lag(sink: string): Promise<SinkLag>;
  /** Lets another process claim for the sink. */
  abstract release(sink: string): Promise<void>;
  abstract close(): Promise<void>;
}
