import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { ProxyEvent } from '../../src/events/event/proxy.event.js';
import type { EventDatabase } from '../../src/events/store/event.database.js';
import type { OpenWork, SegmentDraft } from '../../src/events/store/event.draft.js';
import { EventStore } from '../../src/events/store/event.store.js';
import { foldOf } from '../../src/events/store/event.fold.js';
import { onEveryStore } from '../support/databases.js';
import { FreshEvents } from './event.databases.js';
import { type Fault, FaultyEvents, Killed } from './faulty.events.js';
import { draftOf, eventOf, nameOf, openOf, SETTINGS, workOf } from './generated.events.js';
import { storedEvents, sumsByProject, sumsOf, tableOfSums, tablesOfSums } from './stored.sums.js';

const completes = (identity: { replica: string; epoch: number }) => (maker: OpenWork, seq: number) => {
  const usage = { source: 'provider', input: 5, output: 7 } as const;
  const event = eventOf(1, { ...identity, seq, id: `${maker.uuid}:work`, kind: 'work', usage });
  return { line: JSON.stringify(event), fold: foldOf(event, nameOf) };
};

/** Traffic of one process: five drafts, with streams that stay open, work, and notices. */
function trafficOf(identity: { replica: string; epoch: number }): SegmentDraft[] {
  const notice = {
    v: 1,
    id: 'token.expired:a:1',
    kind: 'notice',
    type: 'token.expired',
    at: '',
    replica: '',
    message: '',
  };
  const ended = eventOf(3, { id: `${openOf(1).uuid}:request` });
  return [
    draftOf(identity, [eventOf(1), eventOf(2)], { open: [openOf(1), openOf(2)], workOpened: [workOf(1), workOf(2)] }),
    draftOf(
      identity,
      Array.from({ length: 70 }, (_, n) => eventOf(n)),
      { notices: [notice as never] },
    ),
    draftOf(identity, [], { open: [openOf(4)] }),
    draftOf(identity, [ended, eventOf(4)], { workClaims: [{ key: 'resp_1', complete: completes(identity) }] }),
    draftOf(identity, [eventOf(5)], { workClaims: [{ key: 'resp_1', complete: completes(identity) }] }),
  ];
}

/** Runs `step` until it succeeds: the database fails once. */
async function repeated(step: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1)
    try {
      return void (await step());
    } catch (error) {
      if (!(error instanceof Killed) || tries === 3) throw error;
    }
}

async function run(database: EventDatabase, replica: string, repeat: typeof repeated): Promise<void> {
  const store = new EventStore(database, SETTINGS);
  let epoch = 0;
  await repeat(async () => (epoch = await store.open(replica)));
  for (const [at, draft] of trafficOf({ replica, epoch }).entries()) {
    await repeat(() => store.append(draft));
    if (at % 2 === 1) await repeat(() => store.writeUsage());
  }
  await repeat(() => store.recover(new Set([replica])));
  await repeat(() => store.close());
}

const OTHER_TABLES = ['event_segments', 'event_marks', 'work_open', 'event_notices'];
const tablesOf = (database: EventDatabase): string[] => [...OTHER_TABLES, ...tablesOfSums(database)];

/** Fails unless all tables of sums agree. */
async function expectOneSum(database: EventDatabase): Promise<void> {
  const [first, ...others] = await sumsByProject(database);
  for (const other of others) expect(other).toEqual(first);
}

const once = async (step: () => Promise<unknown>): Promise<void> => void (await step());

/** Seqs of a replica and epoch, which have no gap. */
function assertNoGaps(events: readonly ProxyEvent[]): void {
  const seqs = new Map<string, number[]>();
  for (const { replica, epoch, seq } of events) {
    const key = `${replica} ${epoch}`;
    seqs.set(key, [...(seqs.get(key) ?? []), seq]);
  }
  for (const found of seqs.values()) expect(found).toEqual(found.map((_, at) => at + 1));
}

onEveryStore('the sums of usage', (store) => {
  it('equal the events when a process dies at any statement, and its open exchanges become crash events', async () => {
    const fresh = await FreshEvents.of(store);
    try {
      const database = await fresh.connect();
      const counted = new FaultyEvents(database, undefined);
      await run(counted, randomUUID(), once);
      const clear = async () => {
        for (const table of tablesOf(database)) await database.execute(`DELETE FROM ${table}`);
      };
      for (let at = 1; at <= counted.statements; at += 1)
        for (const isDone of [false, true]) {
          await clear();
          const fault: Fault = { at, isDone, isLast: true };
          await run(new FaultyEvents(database, fault), randomUUID(), once).catch((error: unknown) => {
            if (!(error instanceof Killed)) throw error;
          });
          const next = new EventStore(database, SETTINGS);
          const heir = randomUUID();
          await next.open(heir);
          await next.recover(new Set([heir]));
          expect(await next.recover(new Set([heir]))).toBe(0);
          await next.close();
          const events = await storedEvents(database);
          assertNoGaps(events);
          expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
          const crashed = events.filter(({ kind }) => kind === 'crash').map(({ id }) => id);
          const hasStream = events.length > 2 || crashed.length > 0;
          expect(crashed.includes(`${openOf(2).uuid}:crash`)).toBe(hasStream);
          const hasEnd = events.some(({ id }) => id === `${openOf(1).uuid}:request`);
          expect(crashed.includes(`${openOf(1).uuid}:crash`)).toBe(hasStream && !hasEnd);
          expect(events.filter(({ kind }) => kind === 'work').length).toBeLessThanOrEqual(1);
          expect([fault, await tableOfSums(database)]).toEqual([fault, sumsOf(events)]);
          await expectOneSum(database);
        }
    } finally {
      await fresh.drop();
    }
  });

  it('equal the events when a statement or commit fails and the call is repeated', async () => {
    const fresh = await FreshEvents.of(store);
    try {
      const database = await fresh.connect();
      const counted = new FaultyEvents(database, undefined);
      await run(counted, randomUUID(), once);
      for (let at = 1; at <= counted.statements; at += 1)
        for (const isDone of [false, true]) {
          for (const table of tablesOf(database)) await database.execute(`DELETE FROM ${table}`);
          const fault: Fault = { at, isDone, isLast: false };
          await run(new FaultyEvents(database, fault), randomUUID(), repeated);
          const events = await storedEvents(database);
          assertNoGaps(events);
          // 75 requests and the work, each once.
          expect([fault, events.length]).toEqual([fault, 76]);
          expect([fault, await tableOfSums(database)]).toEqual([fault, sumsOf(events)]);
          await expectOneSum(database);
        }
    } finally {
      await fresh.drop();
    }
  });
});
