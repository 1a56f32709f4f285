import type { ProxyEvent } from '../../src/events/event/proxy.event.js';
import type { Call } from './events.clients.js';
import type { SinkLines } from './sink.lines.js';
import type { DeliveredEvent } from './unreliable.webhook.js';

export type Durability = 'strict' | 'batched';

/** A kill of a server; `at` by performance.now(). */
export interface ServerKill {
  readonly replica: number;
  readonly at: number;
}

/** `totals` of GET /manage/usage. */
export type UsageTotals = Readonly<Record<string, number>>;

/** What a trial has left. */
export interface EventsOutcome {
  readonly upstreamCalls: ReadonlyMap<string, number>;
  readonly clientCalls: ReadonlyMap<string, Call>;
  readonly kills: readonly ServerKill[];
  readonly file: SinkLines;
  readonly webhook: readonly DeliveredEvent[];
  readonly totals: UsageTotals;
}

/** Under `batched` an event is lost at most this long before the kill: 50 ms, or what the worker of a server that has just started needs to open the store on a busy machine. */
const MAX_AGE_MS = 5000;

/** The result of a trial of events; `faults` has to be empty. */
export class EventsVerdict {
  serverKills = 0;
  dispatcherKills = 0;
  redisFaults = 0;
  calls = 0;
  crashes = 0;
  repeated = 0;
  lost = 0;
  /** Milliseconds between the last moment of a lost call and the kill. */
  worstAgeMs = 0;
  readonly faults: string[] = [];

  constructor(
    readonly what: string,
    readonly durability: Durability,
    readonly seed: number,
  ) {}

  line(): string {
    const kills = `${this.serverKills} servers and ${this.dispatcherKills} dispatchers killed`;
    const redis = this.redisFaults === 0 ? '' : `, Redis frozen or killed ${this.redisFaults} times`;
    const lost =
      this.lost === 0 ? '0 lost' : `${this.lost} lost, at most ${this.worstAgeMs.toFixed(0)} ms before a kill`;
    return `events on ${this.what}, ${this.durability}: seed ${this.seed}, ${kills}${redis}, ${this.calls} calls upstream, ${lost}, ${this.crashes} crash events, ${this.repeated} delivered again, ${this.faults.length} faults\n`;
  }

  judge(outcome: EventsOutcome): void {
    const { file, webhook, upstreamCalls } = outcome;
    this.calls = upstreamCalls.size;
    const distinct = new Map(file.events.map((event) => [event.id, event]));
    this.crashes = [...distinct.values()].filter(({ kind }) => kind === 'crash').length;
    this.repeated = file.events.length - distinct.size + webhook.length - new Set(webhook.map(({ id }) => id)).size;
    this.fault('lines are malformed', file.malformed);
    this.fault('an event is repeated with other content', changed(file.events));
    this.fault('requests have two events in the file', ambiguous(file.events));
    this.fault('requests have two events at the webhook', ambiguous(webhook));
    this.fault('numbers are missing in the file', gaps(distinct.values()));
    this.compareSinks(distinct, webhook);
    this.findLost(outcome, new Set(file.events.map(({ request_id }) => request_id)));
    this.fault('usage differs from the events', differences(sumsOf([...distinct.values()]), outcome.totals));
  }

  private compareSinks(file: ReadonlyMap<string, ProxyEvent>, webhook: readonly DeliveredEvent[]): void {
    const received = new Set(webhook.map(({ id }) => id));
    this.fault(
      'events are not at the webhook',
      [...file.keys()].filter((id) => !received.has(id)),
    );
    this.fault(
      'events are not in the file',
      [...received].filter((id) => !file.has(id)),
    );
  }

  private findLost({ upstreamCalls, clientCalls, kills }: EventsOutcome, found: ReadonlySet<string>): void {
    const old: string[] = [];
    for (const [id, seenAt] of upstreamCalls) {
      if (found.has(id)) continue;
      const age = ageOf(seenAt, clientCalls.get(id), kills);
      this.lost += 1;
      this.worstAgeMs = Math.max(this.worstAgeMs, age);
      if (this.durability === 'strict' || age > MAX_AGE_MS) old.push(`${id} (${age.toFixed(0)} ms before a kill)`);
    }
    this.fault('calls have no event', old);
  }

  private fault(what: string, of: readonly string[]): void {
    if (of.length > 0) this.faults.push(`${of.length} times: ${what}: ${of.slice(0, 5).join(', ')}`);
  }
}

/** Milliseconds from the last that is known of a call to the kill of its server; Infinity when it was not killed. */
function ageOf(seenAt: number, call: Call | undefined, kills: readonly ServerKill[]): number {
  if (call === undefined) return Infinity;
  const kill = kills.find(({ replica, at }) => replica === call.replica && at >= call.began);
  return kill === undefined ? Infinity : Math.max(0, kill.at - (call.ended ?? seenAt));
}

function ambiguous(events: readonly { readonly id: string; readonly request_id: string }[]): string[] {
  const ids = new Map<string, string>();
  const wrong: string[] = [];
  for (const { id, request_id } of events) {
    if ((ids.get(request_id) ?? id) !== id) wrong.push(`${request_id}: ${ids.get(request_id)} and ${id}`);
    ids.set(request_id, id);
  }
  return wrong;
}

function changed(events: readonly ProxyEvent[]): string[] {
  const texts = new Map<string, string>();
  return events.flatMap((event) => {
    const text = JSON.stringify(event);
    const before = texts.get(event.id) ?? text;
    texts.set(event.id, text);
    return before === text ? [] : [event.id];
  });
}

/** `seq` has no gaps within a replica and epoch. */
function gaps(events: Iterable<ProxyEvent>): string[] {
  const numbers = new Map<string, { count: number; last: number }>();
  for (const { replica, epoch, seq } of events) {
    const key = `${replica}/${epoch}`;
    const { count, last } = numbers.get(key) ?? { count: 0, last: 0 };
    numbers.set(key, { count: count + 1, last: Math.max(last, seq) });
  }
  return [...numbers].flatMap(([key, { count, last }]) =>
    count === last ? [] : [`${key}: ${count} numbers up to ${last}`],
  );
}

/** The totals that these events have to give. */
function sumsOf(events: readonly ProxyEvent[]): UsageTotals {
  const sum = (all: readonly ProxyEvent[], value: (event: ProxyEvent) => number | undefined): number =>
    all.reduce((total, event) => total + (value(event) ?? 0), 0);
  const of = (source: string): ProxyEvent[] => events.filter(({ usage }) => usage?.source === source);
  const [reported, estimated] = [of('provider'), of('estimated')];
  return {
    requests: events.length,
    failed: events.filter(({ status = 0, end }) => status >= 400 || end !== 'ok').length,
    input_tokens: sum(reported, ({ usage }) => usage?.input),
    output_tokens: sum(reported, ({ usage }) => usage?.output),
    cost_micro_usd: sum(reported, ({ cost }) => cost?.nano_usd) / 1000,
    estimated_requests: estimated.length,
    estimated_input_tokens: sum(estimated, ({ usage }) => usage?.input),
    estimated_output_tokens: sum(estimated, ({ usage }) => usage?.output),
    estimated_cost_micro_usd: sum(estimated, ({ cost }) => cost?.nano_usd) / 1000,
  };
}

/** Costs are rounded to the nearest micro-dollar. */
function differences(expected: UsageTotals, totals: UsageTotals): string[] {
  return Object.entries(expected).flatMap(([name, value]) =>
    Math.abs((totals[name] ?? NaN) - value) <= 0.5 ? [] : [`${name} is ${totals[name]}, not ${value}`],
  );
}
