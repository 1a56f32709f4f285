import { Injectable } from '@nestjs/common';
import { Events } from '../events/events.js';
import type { WorkerStatus } from '../events/journal/journal.messages.js';
import type { SinkView } from './health.dto.js';

/** A sink that fails so often in a row is not only restarted. */
const FAILURES = 3;

export interface EventsReport {
  /** Undefined when observability is off. */
  readonly state: 'ok' | 'degraded' | undefined;
  readonly sinks: SinkView[];
  /** Of kept events; undefined while the worker does not answer. */
  readonly bytes?: number | undefined;
}

/** Whether events are stored, and how far their sinks are. No request depends on it. */
@Injectable()
export class EventsCheck {
  constructor(private readonly events: Events) {}

  async report(): Promise<EventsReport> {
    if (!this.events.isOn) return { state: undefined, sinks: [] };
    const status = await this.events.status();
    const isStuck = status?.sinks.some(isFailing) ?? false;
    return {
      state: isStuck ? 'degraded' : this.events.health,
      sinks: status ? sinksOf(status) : [],
      bytes: status?.store?.bytes,
    };
  }
}

const isFailing = ({ state, consecutive_failures }: WorkerStatus['sinks'][number]): boolean =>
  state === 'broken' || consecutive_failures >= FAILURES;

/** Every registered sink, and more of those that this process delivers to. */
function sinksOf({ store, sinks }: WorkerStatus): SinkView[] {
  const stored = store?.sinks ?? {};
  const names = new Set([...Object.keys(stored), ...sinks.map(({ sink }) => sink)]);
  return [...names].toSorted().map((name) => {
    const kept = stored[name];
    const { sink: _, lag_events, lag_seconds, ...delivery } = sinks.find(({ sink }) => sink === name) ?? { sink: name };
    return {
      name,
      pending: kept?.pending ?? lag_events ?? 0,
      oldest_pending_seconds: Math.floor(kept?.oldestSeconds ?? lag_seconds ?? 0),
      dead: kept?.dead ?? 0,
      ...delivery,
    };
  });
}
