import { type DeadEvent, type EventBatch, EventBus, type SinkLag } from '../../src/events/event/event.bus.js';

/** A bus that holds what a test puts into it. Each sink has a queue of its own. */
export class MemoryBus extends EventBus {
  readonly dead: DeadEvent[] = [];
  readonly acknowledged: string[] = [];
  readonly released: string[] = [];
  claims = 0;
  /** The next calls of `claim` reject. */
  failures = 0;
  private readonly queues = new Map<string, EventBatch[]>();

  put(sink: string, batch: EventBatch): void {
    this.queueOf(sink).push(batch);
  }

  pending(sink: string): number {
    return this.queueOf(sink).length;
  }

  async register(sink: string): Promise<void> {
    this.queueOf(sink);
  }

  async remove(sink: string): Promise<void> {
    this.queues.delete(sink);
  }

  async claim(sink: string, maxBatches: number): Promise<EventBatch[]> {
    this.claims += 1;
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('the bus does not respond');
    }
    return this.queueOf(sink).slice(0, maxBatches);
  }

  async acknowledge(sink: string, batch: EventBatch): Promise<void> {
    this.acknowledged.push(batch.id);
    this.queues.set(
      sink,
      this.queueOf(sink).filter(({ id }) => id !== batch.id),
    );
  }

  async bury(_sink: string, events: readonly DeadEvent[]): Promise<void> {
    this.dead.push(...events);
  }

  async lag(sink: string): Promise<SinkLag> {
    return { events: this.queueOf(sink).reduce((sum, { lines }) => sum + lines.length, 0), seconds: 0 };
  }

  async release(sink: string): Promise<void> {
    this.released.push(sink);
  }

  async close(): Promise<void> {}

  private queueOf(sink: string): EventBatch[] {
    const queue = this.queues.get(sink) ?? [];
    this.queues.set(sink, queue);
    return queue;
  }
}
