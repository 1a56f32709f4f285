import { EventEmitter2 } from '@nestjs/event-emitter';
import { DataSource, QueryFailedError } from 'typeorm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TestApp, until } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { Invalidated } from '../../src/changes/invalidated.js';
import { ROOT } from '../../src/common/values/actor.js';
import type { Change } from '../../src/changes/change.js';
import { ChangeEntity } from '../../src/changes/change.entity.js';
import { ChangeFeed } from '../../src/changes/change.feed.js';
import { invalidateAll } from '../../src/changes/invalidate.all.js';
import { Changes } from '../../src/changes/changes.js';
import { RevisionCounter } from '../../src/changes/revision.counter.js';

onEveryStore(Changes.name, (store) => {
  let database: FreshStore;
  let app: TestApp;
  let changes: Changes;
  beforeAll(async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
    changes = app.running.app.get(Changes);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });
  const commit = <T>(work: (change: Change) => Promise<T>) => changes.commit(ROOT, 'token.update', work);
  const manager = () => app.running.app.get(DataSource).manager;
  const counter = async () => (await app.running.app.get(RevisionCounter).read()).value;
  const written = async (revision: number) =>
    (await manager().find(ChangeEntity, { where: { revision }, order: { subjectId: 'ASC' } })).map(
      ({ subject, subjectId }) => [subject, subjectId],
    );

  it('writes what changed under the next revision, and invalidates it here at once', async () => {
    const heard: Invalidated[] = [];
    app.running.app.get(EventEmitter2).on(Invalidated.topic, (emitted: Invalidated) => heard.push(emitted));
    const before = await counter();
    const revision = await commit(async (change) => {
      change.invalidateToken('a');
      change.invalidateProject('b');
      return change.revision;
    });
    expect([revision, await counter()]).toEqual([before + 1, before + 1]);
    expect(await written(revision)).toEqual([
      ['token', 'a'],
      ['project', 'b'],
    ]);
    // The first reading of the feed may come in between.
    expect(heard).toContainEqual(new Invalidated({ tokens: new Set(['a']), projects: new Set(['b']) }));
  });

  it('is emitted once on this replica, though the feed reads it again', async () => {
    const feed = app.running.app.get(ChangeFeed);
    await until('the first reading', () => feed['position'] !== undefined);
    const heard: Invalidated[] = [];
    app.running.app.get(EventEmitter2).on(Invalidated.topic, (emitted: Invalidated) => heard.push(emitted));
    const revisions = await Promise.all(
      ['a', 'b', 'c'].map((id) =>
        commit(async (change) => {
          change.invalidateToken(id);
          return change.revision;
        }),
      ),
    );
    await until('the reading', () => feed['position']!.value >= Math.max(...revisions));
    expect(heard.flatMap(({ tokens }) => [...tokens]).toSorted()).toEqual(['a', 'b', 'c']);
    expect(feed['applied'].size).toBe(0);
  });

  it('carries its actor and its action', async () => {
    const { actor, action } = await commit(async (change) => change);
    expect([actor, action]).toEqual([ROOT, 'token.update']);
  });

  it('writes that everything changed as one row', async () => {
    await invalidateAll(app.running.app.get(DataSource), Date.now());
    expect(await written(await counter())).toEqual([['all', '']]);
  });

  it('counts nothing when nothing changed, or when the change failed', async () => {
    const before = await counter();
    expect(await commit(async () => 'same')).toBe('same');
    const failing = commit(async (change) => {
      change.invalidateToken('a');
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
        commit(async (change) => {
          change.invalidateToken(`t${i}`);
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
    await commit(async (change) => {
      change.invalidateToken('a');
      tries += 1;
      if (tries < 3) throw new QueryFailedError('UPDATE', [], Object.assign(new Error('deadlock'), { code: '40P01' }));
    });
    clock.mockRestore();
    expect([tries, await counter()]).toEqual([3, before + 1]);
  });

  it('keeps the newest thousand revisions', async () => {
    const last = Math.ceil((await counter()) / 100) * 100 + 2000;
    await manager().query(`UPDATE revisions SET value = ${last - 1}`);
    await commit(async (change) => change.invalidateToken('last'));
    const left = await manager().find(ChangeEntity, { order: { revision: 'ASC' } });
    expect(left.map(({ revision }) => revision)).toEqual([last]);
  });
});
