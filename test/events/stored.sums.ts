import type { ProxyEvent } from '../../src/events/event/proxy.event.js';
import type { EventDatabase } from '../../src/events/store/event.database.js';
import { foldOf } from '../../src/events/store/event.fold.js';
import { PROJECTS, SUM_COLUMNS } from '../../src/events/store/usage.columns.js';
import { FIGURES } from '../../src/openai/usage/usage.record.js';
import { nameOf } from './generated.events.js';

/** All events that are stored, in order. */
export async function storedEvents(database: EventDatabase): Promise<ProxyEvent[]> {
  const rows = await database.query<{ body: string }>('SELECT body FROM event_segments WHERE epoch > 0 ORDER BY id');
  return rows
    .flatMap(({ body }) => (body === '' ? [] : body.split('\n')))
    .map((line) => JSON.parse(line) as ProxyEvent)
    .filter(({ kind }) => (kind as string) !== 'notice');
}

type Sums = Record<string, Record<string, number>>;

/** The table of sums, by key. */
export async function tableOfSums(database: EventDatabase): Promise<Sums> {
  const rows = await database.query<Record<string, number | string>>('SELECT * FROM usage_quarters');
  return Object.fromEntries(
    rows.map(({ quarter, project_id, token_id, model, route, tier, ...sums }) => [
      [quarter, project_id, token_id, model, route, tier].join(),
      Object.fromEntries(Object.entries(sums).filter(([, value]) => value !== 0)) as Record<string, number>,
    ]),
  );
}

/** The tables of sums that a database has. */
export const tablesOfSums = ({ dialect }: Pick<EventDatabase, 'dialect'>): readonly string[] =>
  dialect === 'sqlite' ? ['usage_quarters', PROJECTS.name] : ['usage_quarters'];

/** The sums by quarter hour and project, of each table that has them. They are the same. */
export async function sumsByProject(database: EventDatabase): Promise<unknown[][]> {
  const keys = PROJECTS.keys.join(', ');
  const sums = SUM_COLUMNS.map((name) => `sum(${name}) AS ${name}`).join(', ');
  const found: unknown[][] = [];
  for (const table of tablesOfSums(database))
    found.push(await database.query(`SELECT ${keys}, ${sums} FROM ${table} GROUP BY ${keys} ORDER BY ${keys}`));
  return found;
}

/** What the sums of these events are, by the plainest code. */
export function sumsOf(events: readonly ProxyEvent[]): Sums {
  const sums: Sums = {};
  for (const event of events) {
    const fold = foldOf(event, nameOf);
    const key = [fold.quarter, fold.projectId, fold.tokenId, fold.model, fold.route, fold.tier].join();
    const row = (sums[key] ??= {});
    const add = (name: string, value: number) => value !== 0 && (row[name] = (row[name] ?? 0) + value);
    add('requests', event.kind === 'work' ? 0 : 1);
    add('errors', event.kind !== 'work' && ((event.status ?? 0) >= 400 || event.end !== 'ok') ? 1 : 0);
    if (event.kind !== 'work' && event.end !== 'ok') add(`ended_${event.end}`, 1);
    add('unknown', event.usage!.source === 'none' ? 1 : 0);
    add('unpriced', event.usage!.source !== 'none' && event.cost!.nano_usd === undefined ? 1 : 0);
    if (event.usage!.source === 'estimated') {
      add('estimated', 1);
      add('estimated_cost_nano', event.cost!.nano_usd ?? 0);
      add('estimated_input', event.usage!.input ?? 0);
      add('estimated_output', event.usage!.output ?? 0);
      continue;
    }
    add('cost_nano', event.cost!.nano_usd ?? 0);
    for (const name of FIGURES)
      if (name === 'seconds') add('duration_ms', (event.usage!.seconds ?? 0) * 1000);
      else add(`${name}_tokens`, event.usage![name] ?? 0);
  }
  return sums;
}
