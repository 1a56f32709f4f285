import { EventEmitter2 } from '@nestjs/event-emitter';
import { DataSource, QueryFailedError } from 'typeorm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TestApp } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { TokensInvalidated } from '../../src/changes/domain.events.js';
import { ChangeEntity } from '../../src/changes/change.entity.js';
import { ChangeLog } from '../../src/changes/change.log.js';
import { RevisionCounter } from '../../src/changes/revision.counter.js';

onEveryStore(ChangeLog.name, (store) => {
  let database: FreshStore;
  let app: TestApp;
  let log: ChangeLog;
  beforeAll(async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
    log = app.running.app.get(ChangeLog);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });
  const manager = () => app.running.app.get(DataSource).manager;
  const counter = async () => (await app.running.app.get(RevisionCounter).read()).value;
  const written = async (revision: number) =>
    (await manager().find(ChangeEntity, { where: { revision }, order: { subjectId: 'ASC' } })).map(
      ({ subject, subjectId }) => [subject, subjectId],
    );

  it('writes what changed under the next revision, and emits it here at once', async () => {
    const heard: TokensInvalidated[] = [];
    app.running.app.get(EventEmitter2).on(TokensInvalidated.topic, (changes: TokensInvalidated) => heard.push(changes));
    const before = await counter();
    const revision = await log.transaction(async (change) => {
      change.token('a');
      change.project('b');
      return change.revision;
    });
    expect([revision, await counter()]).toEqual([before + 1, before + 1]);
    expect(await written(revision)).toEqual([
      ['token', 'a'],
      ['project', 'b'],
    ]);
    // The first event of the feed itself may come in between.
    expect(heard).toContainEqual(new TokensInvalidated(new Set(['a']), new Set(['b']), false));
  });

  it('writes that everything changed as one row', async () => {
    const revision = await log.transaction(async (change) => {
      change.token('a');
      change.everything();
      return change.revision;
    });
    expect(await written(revision)).toEqual([['all', '']]);
  });

  it('counts nothing when nothing changed, or when the change failed', async () => {
    const before = await counter();
    expect(await log.transaction(async () => 'same')).toBe('same');
    const failing = log.transaction(async (change) => {
      change.token('a');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await counter()).toBe(before);
    expect(await written(before + 1)).toEqual([]);
  });

  it('lets changes follow one another, without a gap', async () => {
    const before = await counter();
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 8 }, async (_, i) =>
        log.transaction(async (change) => {
          change.token(`t${i}`);
          await change.manager.query('SELECT 1');
          order.push(change.revision);
        }),
      ),
    );
    expect(order).toEqual(Array.from({ length: 8 }, (_, i) => before + 1 + i));
    expect(await counter()).toBe(before + 8);
  });

  it('DB-13 tries again after a conflict, and counts once', async () => {
    const before = await counter();
    // It is tried again for a tenth of a second only: on a busy machine that is over soon.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    let tries = 0;
    await log.transaction(async (change) => {
      change.token('a');
      tries += 1;
      if (tries < 3) throw new QueryFailedError('UPDATE', [], Object.assign(new Error('deadlock'), { code: '40P01' }));
    });
    clock.mockRestore();
    expect([tries, await counter()]).toEqual([3, before + 1]);
  });

  it('keeps the newest thousand revisions', async () => {
    const last = Math.ceil((await counter()) / 100) * 100 + 2000;
    await manager().query(`UPDATE revisions SET value = ${last - 1}`);
    await log.transaction(async (change) => change.token('last'));
    const remaining = await manager().find(ChangeEntity, { order: { revision: 'ASC' } });
    expect(remaining.map(({ revision }) => revision)).toEqual([last]);
  });
});
