import { DataSource, type EntityManager } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dialectOf } from '../../src/database/dialect/dialect.js';
import { statusSql, tokenStatus } from '../../src/token/status/token.status.js';
import { TokenEntity } from '../../src/token/token.entity.js';
import { TestApp } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';

const NOW = 8_639_999_999_999_000;

onEveryStore(statusSql.name, (onStore) => {
  let app: TestApp;
  let fresh: FreshStore;
  let manager: EntityManager;
  beforeAll(async () => {
    fresh = await onStore.fresh();
    app = await TestApp.start(fresh.variables);
    manager = app.running.app.get(DataSource).manager;
  });
  afterAll(async () => {
    await app.close();
    await fresh.drop();
  });

  it('says the same as the code', async () => {
    const open = (await app.project({ name: 'open' })).id;
    const closed = (await app.project({ name: 'closed' })).id;
    const lives = [
      { createdAt: 0, expiresAt: NOW },
      { createdAt: NOW - 1000, expiresAt: NOW + 4000 },
      { createdAt: NOW - 16, expiresAt: NOW + 4 },
      { createdAt: NOW - 15, expiresAt: NOW + 4 },
    ];
    const caps = [
      { maxRequests: null, requestCount: 5 },
      ...[5, 7, 8, 9, 10, 11].map((requestCount) => ({ maxRequests: 10, requestCount })),
      { maxRequests: Number.MAX_SAFE_INTEGER, requestCount: 7_205_759_403_792_793 },
    ];
    for (const projectId of [open, closed])
      for (const life of lives)
        for (const cap of caps) {
          const { id } = await app.token({ project_id: projectId });
          const isActive = cap.requestCount !== 7;
          const accountId = cap.requestCount === 11 ? open : null;
          await manager.update(TokenEntity, { id }, { ...life, ...cap, isActive, accountId });
        }
    const { entities, raw } = await manager
      .createQueryBuilder(TokenEntity, 'token')
      .addSelect(statusSql(dialectOf(manager.connection)), 'status')
      .setParameters({ now: NOW, closed: [closed] })
      .getRawAndEntities<{ status: string }>();
    const wanted = entities.map((token) => tokenStatus(token, token.projectId === open, NOW));
    expect(raw.map(({ status }) => status)).toEqual(wanted);
    expect(new Set(wanted).size).toBe(6);
  });
});
