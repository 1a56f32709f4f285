import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import type { SegmentDraft } from '../../src/events/store/event.draft.js';
import { EventStore } from '../../src/events/store/event.store.js';
import { freshMysql, freshPostgres } from '../support/databases.js';
import { MariadbServer } from '../support/mariadb.server.js';
import { PostgresServer } from '../support/postgres.server.js';
import { until } from '../support/until.js';
import { FreshEvents } from './event.databases.js';
import { draftOf, eventOf, SETTINGS } from './generated.events.js';
import { storedEvents, sumsOf, tableOfSums } from './stored.sums.js';

const DRAFTS = 60;
/** Killed before these drafts. */
const KILLS: ReadonlySet<number> = new Set([15, 40]);

const KINDS = [
  { name: 'PostgreSQL', driver: 'postgres', kind: PostgresServer, fresh: freshPostgres, url: inject('postgres') },
  { name: 'MariaDB', driver: 'mysql', kind: MariadbServer, fresh: freshMysql, url: inject('mariadb') },
] as const;

/** As the worker: the same call again, until it succeeds. Returns the number of failures. */
async function insist(step: () => Promise<unknown>): Promise<number> {
  let failures = -1;
  await until('it is stored', async () => {
    failures += 1;
    return step().then(
      () => true,
      () => false,
    );
  });
  return failures;
}

describe.each(KINDS)('a database server of events, $name', ({ driver, kind, fresh, url }) => {
  it.skipIf(url === null)('may die while events are written: each is stored and counted once', async () => {
    const server = await kind.start({ durable: true });
    const events = await FreshEvents.of({ driver, fresh: () => fresh(server.url) });
    const database = await events.connect();
    const store = new EventStore(database, SETTINGS);
    const replica = randomUUID();
    const identity = { replica, epoch: await store.open(replica) };
    let failures = 0;
    let restarted = Promise.resolve();
    for (let n = 0; n < DRAFTS; n += 1) {
      const draft: SegmentDraft = draftOf(
        identity,
        Array.from({ length: 10 }, (_, at) => eventOf(n * 10 + at)),
      );
      const appended = insist(async () => store.append(draft));
      if (KILLS.has(n)) restarted = server.kill().then(async () => server.restart());
      failures += await appended;
      failures += await insist(async () => store.writeUsage());
    }
    await restarted;
    await insist(async () => store.close());
    const stored = await storedEvents(database);
    expect(failures).toBeGreaterThan(0);
    expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: DRAFTS * 10 }, (_, at) => at + 1));
    expect(await tableOfSums(database)).toEqual(sumsOf(stored));
    await events.drop();
    await server.stop();
  });
});
