import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Notice } from '../../src/events/event/proxy.event.js';
import type { EventDatabase } from '../../src/events/store/event.database.js';
import type { OpenWork, StoreSettings } from '../../src/events/store/event.draft.js';
import { foldOf } from '../../src/events/store/event.fold.js';
import { EventStore } from '../../src/events/store/event.store.js';
import { onEveryStore } from '../support/databases.js';
import { until } from '../support/until.js';
import { FreshEvents } from './event.databases.js';
import { draftOf, eventOf, nameOf, openOf, SETTINGS, workOf } from './generated.events.js';
import { storedEvents, sumsOf, tableOfSums } from './stored.sums.js';

async function processOn(database: EventDatabase, settings: StoreSettings = SETTINGS, replica: string = randomUUID()) {
  const store = new EventStore(database, settings);
  const identity = { replica, epoch: await store.open(replica) };
  return { store, identity };
}

const completeFor = (identity: { replica: string; epoch: number }) => (maker: OpenWork, seq: number) => {
  const usage = { source: 'provider', input: 5, output: 7 } as const;
  const event = eventOf(1, { ...identity, seq, id: `${maker.uuid}:work`, kind: 'work', usage });
  return { line: JSON.stringify(event), fold: foldOf(event, nameOf) };
};

const noticeOf = (subject: string): Notice => ({
  v: 1,
  id: `token.expired:${subject}:1`,
  kind: 'notice',
  type: 'token.expired',
  at: '2026-11-28T10:00:00.000Z',
  replica: 'a',
  message: 'A token has expired.',
});

onEveryStore('several processes on one database of events', (store) => {
  it('write, sum, claim and recover at once: each event counts once', async () => {
    const fresh = await FreshEvents.of(store);
    const database = await fresh.connect();
    const dead = await processOn(database);
    await dead.store.append(draftOf(dead.identity, [eventOf(1)], { open: [openOf(1), openOf(2)] }));
    const work = async (n: number) => {
      const one = await processOn(await fresh.connect());
      for (let round = 0; round < 12; round += 1) {
        const events = Array.from({ length: 40 }, (_, at) => eventOf(round * 40 + at));
        const complete = completeFor(one.identity);
        const claims = [workOf(round), workOf((round + n) % 12)].map(({ key }) => ({ key, complete }));
        const more = { workOpened: round === n ? [workOf(1), workOf(2)] : [], workClaims: claims };
        await one.store.append(draftOf(one.identity, events, { ...more, notices: [noticeOf(`${round}`)] }));
        await one.store.writeUsage();
        if (round === 6) await one.store.recover(new Set());
      }
      await one.store.close();
    };
    // `recover` takes every process for a dead one, those that still write too.
    await Promise.all([work(0), work(1), work(2)]);
    await (await processOn(database)).store.recover(new Set());
    const events = await storedEvents(database);
    expect(events.filter(({ kind }) => kind === 'request').length).toBe(1 + 3 * 12 * 40);
    expect(events.filter(({ kind }) => kind === 'crash').length).toBe(2);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length - repeatsOfWork(events));
    const rows = await database.query<{ body: string }>('SELECT body FROM event_segments');
    const notices = rows.flatMap(({ body }) => body.split('\n')).filter((line) => line.includes('"kind":"notice"'));
    expect(new Set(notices).size).toBe(12);
    expect(notices.length).toBe(12);
    const last = await processOn(database);
    await last.store.recover(new Set());
    expect(await tableOfSums(database)).toEqual(sumsOf(await storedEvents(database)));
    await fresh.drop();
  });

  it('go on after another one took them for dead', async () => {
    const fresh = await FreshEvents.of(store);
    const database = await fresh.connect();
    const frozen = await processOn(database);
    await frozen.store.append(draftOf(frozen.identity, [eventOf(1), eventOf(2)], { open: [openOf(1)] }));
    await frozen.store.writeUsage();
    await frozen.store.append(draftOf(frozen.identity, [eventOf(3)]));
    const other = await processOn(database);
    expect(await other.store.recover(new Set())).toBe(1);
    await frozen.store.append(draftOf(frozen.identity, [eventOf(4)]));
    await frozen.store.writeUsage();
    await frozen.store.append(draftOf(frozen.identity, [eventOf(5)]));
    await frozen.store.close();
    expect(await other.store.recover(new Set())).toBe(0);
    await other.store.close();
    expect(await tableOfSums(database)).toEqual(sumsOf(await storedEvents(database)));
    await fresh.drop();
  });

  it('are not taken for dead while their marks move', async () => {
    const fresh = await FreshEvents.of(store);
    const database = await fresh.connect();
    const [running, dead] = [await processOn(database), await processOn(database)];
    const other = await processOn(database, { ...SETTINGS, quietMs: 200 });
    for (const { store: each, identity } of [running, dead]) {
      await each.append(draftOf(identity, [eventOf(1)], { open: [openOf(identity === dead.identity ? 1 : 2)] }));
      await each.writeUsage();
    }
    expect(await other.store.recover(new Set())).toBe(0);
    const crashed = async () =>
      (await storedEvents(database)).filter(({ kind }) => kind === 'crash').map(({ id }) => id);
    await until('the dead one is found', async () => {
      await running.store.append(draftOf(running.identity, [eventOf(2)]));
      await running.store.writeUsage();
      await other.store.writeUsage();
      return (await crashed()).length > 0;
    });
    expect(await crashed()).toEqual([`${openOf(1).uuid}:crash`]);
    await fresh.drop();
  });

  it('open again with a new epoch, and know which exchanges run', async () => {
    const fresh = await FreshEvents.of(store);
    const database = await fresh.connect();
    const first = await processOn(database);
    await first.store.append(draftOf(first.identity, [eventOf(1)], { open: [openOf(1), openOf(2)] }));
    const second = await processOn(database, SETTINGS, first.identity.replica);
    expect(second.identity.epoch).toBe(first.identity.epoch + 1);
    await second.store.append(draftOf(second.identity, [eventOf(2, { id: `${openOf(1).uuid}:request` })]));
    await second.store.close();
    const other = await processOn(database);
    expect(await other.store.recover(new Set([first.identity.replica]))).toBe(0);
    expect(await other.store.recover(new Set())).toBe(1);
    await other.store.close();
    const events = await storedEvents(database);
    expect(events.map(({ id }) => id)).toContain(`${openOf(2).uuid}:crash`);
    expect(events.find(({ kind }) => kind === 'crash')).toMatchObject({ token_id: 'token-2', end: 'crash' });
    expect(await tableOfSums(database)).toEqual(sumsOf(events));
    await fresh.drop();
  });

  it('keep sums alone when nothing reads events, until a sink is registered', async () => {
    const fresh = await FreshEvents.of(store);
    const database = await fresh.connect();
    const one = await processOn(database, { ...SETTINGS, keepMs: 0 });
    const events = [eventOf(1), eventOf(2)];
    await one.store.append(draftOf(one.identity, events, { workOpened: [workOf(1)], open: [openOf(1)] }));
    const claim = { key: workOf(1).key, complete: completeFor(one.identity) };
    await one.store.append(draftOf(one.identity, [], { workClaims: [claim] }));
    await one.store.append(draftOf(one.identity, [], { workClaims: [claim] }));
    expect(await storedEvents(database)).toEqual([]);
    const later = eventOf(1, { kind: 'work', usage: { source: 'provider', input: 5, output: 7 } });
    expect(await tableOfSums(database)).toEqual(sumsOf([...events, later]));
    const strict = await processOn(database, { ...SETTINGS, keepMs: 0, isStrict: true });
    await strict.store.append(draftOf(strict.identity, [], { open: [openOf(1)] }));
    expect((await strict.store.status()).segments).toBe(1);
    await database.execute(`INSERT INTO event_sinks (sink, registered_at) VALUES ('a', 1)`);
    const other = await processOn(database, { ...SETTINGS, keepMs: 0 });
    await other.store.append(draftOf(other.identity, [eventOf(7)]));
    expect((await storedEvents(database)).length).toBe(1);
    await fresh.drop();
  });

  it('give up work whose figures were never seen, once', async () => {
    const fresh = await FreshEvents.of(store);
    const database = await fresh.connect();
    const one = await processOn(database);
    const other = await processOn(await fresh.connect());
    await one.store.append(draftOf(one.identity, [], { workOpened: [workOf(1), workOf(2)] }));
    expect(await one.store.expireWork(workOf(1).deadline)).toBe(0);
    await Promise.all([one, other].map(({ store: each }) => each.expireWork(workOf(1).deadline + 1)));
    await one.store.close();
    await other.store.close();
    const events = await storedEvents(database);
    expect(events.map(({ id }) => id).toSorted()).toEqual([`${workOf(1).uuid}:work`, `${workOf(2).uuid}:work`]);
    expect(events[0]).toMatchObject({ kind: 'work', usage: { source: 'none', reason: 'never_seen' } });
    expect(await tableOfSums(database)).toEqual(sumsOf(events));
    await fresh.drop();
  });
});

/** Work that two processes opened after it was closed has two events of one id. */
const repeatsOfWork = (events: readonly { id: string; kind: string }[]): number => {
  const ids = events.filter(({ kind }) => kind === 'work').map(({ id }) => id);
  return ids.length - new Set(ids).size;
};
