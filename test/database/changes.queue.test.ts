import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { TestApp } from '../support/app.js';
import { FaultyStore, type ServerDriver } from '../support/faulty.database.js';

describe.each<[string, ServerDriver, string | null]>([
  ['PostgreSQL', 'postgres', inject('postgres')],
  ['MariaDB', 'mysql', inject('mariadb')],
])('changes that come together, on %s', (_name, driver, found) => {
  describe.skipIf(found === null)('wait for each other', () => {
    let store: FaultyStore;
    let app: TestApp;
    beforeAll(async () => {
      store = await FaultyStore.start(driver);
      app = await store.app();
    });
    afterAll(() => store.stop());

    it('A20 and all of 24 succeed, though together they take longer than one statement may', async () => {
      const { id: project_id } = await app.project();
      const tokens = await Promise.all(Array.from({ length: 24 }, () => app.token({ project_id })));
      store.wire.latency(10);
      const began = performance.now();
      const revoked = await Promise.all(tokens.map(({ id }) => app.manage('DELETE', `/manage/tokens/${id}`)));
      // Otherwise it proves nothing.
      expect(performance.now() - began).toBeGreaterThan(900);
      expect(new Set(revoked.map(({ status }) => status))).toEqual(new Set([204]));
      store.wire.latency(0);
    });
  });
});
