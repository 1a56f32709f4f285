import { type DeadEvent, type EventBatch, EventBus, type SinkLag } from '../../event/event.bus.js';
import { cutSegments } from '../segment.body.js';

interface Entry extends EventBatch {
  readonly addedAt: number;
  /** Sinks that have not acknowledged it. */
  readonly waiting: Set<string>;
}

/**
 * The bus in memory: it keeps the newest events, and never waits. What is not delivered when the process ends is lost. One
 * process has all leases.
 */
export class MemoryBus extends EventBus {
  private readonly sinks = new Set<string>();
  private entries: Entry[] = [];
  private readonly buried: (DeadEvent & { readonly sink: string })[] = [];
  private count = 0;
  private events = 0;
  /** Events that a sink had not taken when they made room for newer ones. */
  dropped = 0;

  /** `capacity` is a number of events. */
  constructor(
    private readonly capacity: number,
    private readonly name: string,
  ) {
    super();
  }

  /** Dead events, the newest `capacity` of them. */
  get dead(): readonly (DeadEvent & { readonly sink: string })[] {
    return this.buried;
  }

  /** Without a sink nothing is kept. Full: the oldest batches go, and are counted. */
  publish(lines: readonly string[]): void {
    if (this.sinks.size === 0) return;
    for (const body of cutSegments(lines, 0)) {
      this.count += 1;
      this.events += body.lines.length;
      const id = `${this.name}.${this.count}`;
      this.entries.push({ id, lines: body.lines, addedAt: Date.now(), waiting: new Set(this.sinks) });
    }
    while (this.events > this.capacity && this.entries.length > 0) {
      const oldest = this.entries.shift()!;
      this.events -= oldest.lines.length;
      this.dropped += oldest.lines.length;
    }
  }

  async register(sink: string): Promise<void> {
    this.sinks.add(sink);
  }

  async remove(sink: string): Promise<void> {
    this.sinks.delete(sink);
    for (const { waiting } of this.entries) waiting.delete(sink);
    this.forget();
  }

  async claim(sink: string, maxBatches: number): Promise<EventBatch[]> {
    const waiting = this.entries.filter((entry) => entry.waiting.has(sink));
    return waiting.slice(0, maxBatches).map(({ id, lines }) => ({ id, lines }));
  }

  async acknowledge(sink: string, { id }: EventBatch): Promise<void> {
    this.entries.find((entry) => entry.id === id)?.waiting.delete(sink);
    this.forget();
  }

  async bury(sink: string, events: readonly DeadEvent[]): Promise<void> {
    this.buried.push(...events.map((event) => ({ ...event, sink })));
    this.buried.splice(0, this.buried.length - this.capacity);
  }

  async lag(sink: string): Promise<SinkLag> {
    const waiting = this.entries.filter((entry) => entry.waiting.has(sink));
    const events = waiting.reduce((sum, { lines }) => sum + lines.length, 0);
    const [oldest] = waiting;
    return { events, seconds: oldest ? Math.max(0, (Date.now() - oldest.addedAt) / 1000) : 0 };
  }

  async release(): Promise<void> {}

  async close(): Promise<void> {
    this.entries = [];
    this.events = 0;
  }

  private forget(): void {
    this.entries = this.entries.filter(({ waiting }) => waiting.size > 0);
    this.events = this.entries.reduce((sum, { lines }) => sum + lines.length, 0);
  }
}
