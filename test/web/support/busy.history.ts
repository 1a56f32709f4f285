import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** As the server writes them. */
const EVENTS_A_SEGMENT = 64;

/** Nano-dollars a token, in and out. */
const MODELS = [
  { model: 'gpt-5.6-terra', input: 1250, output: 10_000 },
  { model: 'gpt-5.6-luna', input: 250, output: 2000 },
  { model: 'gpt-4.1', input: 2000, output: 8000 },
] as const;

export interface Caller {
  id: string;
  project: string;
  /** Requests an hour at noon. */
  pace: number;
  /** Which of the models. */
  model: number;
}

/** A number from 0 to 1 that is the same in every run. */
function steady(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const ENDS = [
  { share: 0.02, status: 429, end: 'limit', code: 'rate_limit_exceeded' },
  { share: 0.03, status: 502, end: 'upstream', code: 'upstream_unreachable' },
  { share: 0.035, status: 403, end: 'auth', code: 'token_model_not_allowed' },
] as const;

function eventOf({ id: tokenId, project, model }: Caller, at: number, random: () => number) {
  const uuid = randomUUID();
  const luck = random();
  const failed = ENDS.find(({ share }) => luck < share);
  const input = 300 + Math.floor(random() * 2400);
  const output = 80 + Math.floor(random() * 900);
  const price = MODELS[model]!;
  const firstByte = Math.round(180 + random() * 700);
  const shared = {
    v: 1,
    replica: 'llm-proxy-1',
    epoch: 1,
    id: `${uuid}:request`,
    kind: 'request',
    at: new Date(at).toISOString(),
    request_id: uuid,
    project_id: project,
    token_id: tokenId,
    method: 'POST',
    route: 'responses',
    path: '/v1/responses',
    model: price.model,
    bytes_in: 700 + input * 4,
    overhead_ms: 0.3 + Math.round(random() * 60) / 100,
  };
  if (failed !== undefined) {
    const { status, end, code } = failed;
    const usage = { source: 'none', reason: 'refused' };
    return { ...shared, status, end, code, first_byte_ms: 2, last_byte_ms: 2, bytes_out: 190, usage };
  }
  return {
    ...shared,
    status: 200,
    end: 'ok',
    stream: true,
    queue_ms: 0.1,
    upstream_headers_ms: firstByte - 2,
    first_byte_ms: firstByte,
    last_byte_ms: firstByte + output * 9,
    bytes_out: output * 180,
    usage: { source: 'provider', input, output, total: input + output },
    cost: { nano_usd: input * price.input + output * price.output, price_version: '2026-11-20', source: 'catalogue' },
  };
}

type Event = ReturnType<typeof eventOf>;

/** Less at night, less at the weekend, a little more each week. */
function pace(caller: Caller, at: number, endAt: number): number {
  const date = new Date(at);
  const day = 0.25 + 0.75 * Math.max(0, Math.sin(((date.getUTCHours() - 5) / 24) * 2 * Math.PI * 0.9));
  const week = [0, 6].includes(date.getUTCDay()) ? 0.35 : 1;
  return caller.pace * day * week * (1 - ((endAt - at) / (60 * DAY_MS)) * 0.45);
}

function sumsOf(events: readonly Event[]) {
  const failed = (end: string) => events.filter((event) => event.end === end).length;
  const sum = (read: (event: Event) => number) => events.reduce((whole, event) => whole + read(event), 0);
  const used = (event: Event) => ('cost' in event ? event.usage : { input: 0, output: 0, total: 0 });
  return {
    requests: events.length,
    errors: events.filter(({ end }) => end !== 'ok').length,
    ended_limit: failed('limit'),
    ended_upstream: failed('upstream'),
    ended_auth: failed('auth'),
    input_tokens: sum((event) => used(event).input),
    output_tokens: sum((event) => used(event).output),
    total_tokens: sum((event) => used(event).total),
    cost_nano: sum((event) => ('cost' in event ? event.cost.nano_usd : 0)),
  };
}

/** All events of an hour, oldest first. */
function hourOf(callers: readonly Caller[], from: number, endAt: number, random: () => number): Event[] {
  const events = callers.flatMap((caller) =>
    Array.from({ length: Math.round(pace(caller, from, endAt) * (0.7 + random() * 0.6)) }, () =>
      eventOf(caller, from + Math.floor(random() * HOUR_MS), random),
    ),
  );
  return events.filter(({ at }) => Date.parse(at) < endAt - 2 * MINUTE_MS).toSorted((a, b) => (a.at < b.at ? -1 : 1));
}

/** The sums of the events of one hour: of each token, and of each project. */
function writeSums(database: DatabaseSync, events: readonly Event[]): void {
  const quarterOf = ({ at }: Event): number => Math.floor(Date.parse(at) / QUARTER_MS) * QUARTER_MS;
  writeSumsOf(database, 'usage_quarters', events, (event) => ({
    quarter: quarterOf(event),
    project_id: event.project_id,
    token_id: event.token_id,
    model: event.model,
    route: 'responses',
    tier: 'default',
  }));
  writeSumsOf(database, 'usage_projects', events, (event) => ({
    quarter: quarterOf(event),
    project_id: event.project_id,
  }));
}

function writeSumsOf(
  database: DatabaseSync,
  table: string,
  events: readonly Event[],
  keyOf: (event: Event) => Record<string, string | number>,
): void {
  const groups = new Map<string, Event[]>();
  for (const event of events) {
    const key = JSON.stringify(keyOf(event));
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  for (const [key, of] of groups) {
    const row = { ...(JSON.parse(key) as Record<string, string | number>), ...sumsOf(of) };
    const names = Object.keys(row);
    database
      .prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
      .run(...Object.values(row));
  }
}

function writeEvents(database: DatabaseSync, events: readonly Event[]): void {
  const insert = database.prepare(
    `INSERT INTO event_segments (replica, epoch, number, first_seq, events, bytes, created_at, min_at, max_at, body)
     VALUES ('llm-proxy-1', 1, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (let first = 0; first < events.length; first += EVENTS_A_SEGMENT) {
    const segment = events.slice(first, first + EVENTS_A_SEGMENT);
    const body = segment.map((event, i) => JSON.stringify({ ...event, seq: first + i + 1 })).join('\n');
    const times = segment.map(({ at }) => Date.parse(at));
    const last = times.at(-1)!;
    const number = first / EVENTS_A_SEGMENT + 1;
    insert.run(number, first + 1, segment.length, Buffer.byteLength(body), last, times[0]!, last, body);
  }
}

/** Writes 60 days of sums, and the requests of the last two days, beside the database of a stopped server. */
export function writeHistory(path: string, callers: readonly Caller[]): void {
  const database = new DatabaseSync(path.replace(/\.db$/, '.events.db'));
  const random = steady(20_261_129);
  const endAt = Date.now();
  const now = Math.floor(endAt / HOUR_MS) * HOUR_MS;
  database.exec('BEGIN');
  const kept: Event[] = [];
  for (let from = now - 60 * DAY_MS; from <= now; from += HOUR_MS) {
    const events = hourOf(callers, from, endAt, random);
    writeSums(database, events);
    if (from > now - 2 * DAY_MS) kept.push(...events);
  }
  writeEvents(database, kept);
  database.exec('COMMIT');
  database.close();
}
