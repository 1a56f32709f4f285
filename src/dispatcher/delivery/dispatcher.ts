import type { EventBus, SinkLag } from '../../events/event/event.bus.js';
import type { Notice } from '../../events/event/proxy.event.js';
import type { Sample } from '../../metrics/sample.js';
import type { EventSink } from '../sinks/event.sink.js';
import { LOOP_TIMES, type LoopListener, SinkLoop, type LoopTimes } from './sink.loop.js';
import type { SinkStatus } from './sink.status.js';

export interface DispatcherOptions {
  /** The id of this process, for notices. */
  readonly replica: string;
  /** Events in one request to a sink, at most. */
  readonly batchSize: number;
  /** Publishes a notice. */
  readonly notify: (notice: Notice) => void;
  /** Writes a line to the log at level warn. */
  readonly warn: (fields: Readonly<Record<string, unknown>> & { readonly msg: string }) => void;
  readonly times?: LoopTimes;
}

/** Delivers events from a bus to sinks, at least once. Each sink has a loop of its own: none waits for another. */
export class Dispatcher implements LoopListener {
  private readonly loops: readonly SinkLoop[];

  constructor(
    private readonly bus: EventBus,
    sinks: readonly EventSink[],
    private readonly options: DispatcherOptions,
  ) {
    const { batchSize, times = LOOP_TIMES } = options;
    this.loops = sinks.map((sink) => new SinkLoop(bus, sink, batchSize, this, times));
  }

  start(): void {
    for (const loop of this.loops) loop.start();
  }

  /** Looks for events now: a process that writes events calls this after it. */
  wake(): void {
    for (const loop of this.loops) loop.wake();
  }

  /** Finishes the requests in flight, within 5 s, and gives the leases back. The bus stays open. */
  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  async status(): Promise<SinkStatus[]> {
    return Promise.all(this.loops.map(async ({ sink, health }) => health.status(await this.lagOf(sink.name))));
  }

  async samples(): Promise<Sample[]> {
    const samples = await Promise.all(
      this.loops.map(async ({ sink, figures }) => [
        ...figures.samples(),
        ...lagSamples(sink.name, await this.lagOf(sink.name)),
      ]),
    );
    return samples.flat();
  }

  onBroken(sink: string, reason: string, occasion: string): void {
    this.options.warn({ msg: 'the sink takes no events until its settings change; none is lost', sink, reason });
    this.options.notify({
      v: 1,
      id: `sink.broken:${sink}:${occasion}`,
      kind: 'notice',
      type: 'sink.broken',
      at: new Date().toISOString(),
      replica: this.options.replica,
      message: `The sink ${sink} takes no events until its settings change: ${reason}.`,
    });
  }

  onDead(sink: string, events: number, reason: string): void {
    this.options.warn({ msg: 'the sink refuses events: see `llm-proxy events dead list`', sink, events, reason });
  }

  onBusError(sink: string, error: unknown): void {
    this.options.warn({ msg: 'events cannot be read now', sink, err: error });
  }

  /** Undefined while the bus does not respond. */
  private async lagOf(sink: string): Promise<SinkLag | undefined> {
    return this.bus.lag(sink).catch(() => undefined);
  }
}

function lagSamples(sink: string, lag: SinkLag | undefined): Sample[] {
  if (lag === undefined) return [];
  return [
    { name: 'llm_proxy_events_pending', labels: { sink }, value: lag.events },
    { name: 'llm_proxy_events_oldest_pending_seconds', labels: { sink }, value: lag.seconds },
  ];
}
