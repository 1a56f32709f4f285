import { describe, expect, it } from 'vitest';
import { FIRST_PREV_HASH, hashOf } from '../../src/audit/row/audit.row.js';
import type { TestApp } from '../support/app.js';
import { auditRows } from '../support/audit.rows.js';
import { onServers } from '../support/databases.js';
import { Replicas } from '../support/replicas.js';

const CALLS_OF_CLIENT = 3;

onServers('changes of eight clients on two replicas', (store) => {
  const replicas = Replicas.forTests(store);

  describe('at the same time', () => {
    it('have one row each, in one chain without gaps', async () => {
      const { id: project_id } = await replicas.a.project();
      const client = async (app: TestApp): Promise<string[]> => {
        const ids: string[] = [];
        for (let n = 0; n < CALLS_OF_CLIENT; n += 1) {
          const { id } = await app.token({ project_id });
          expect((await app.manage('PATCH', `/manage/tokens/${id}`, { note: `of ${n}` })).status).toBe(200);
          ids.push(id);
        }
        return ids;
      };
      const clients = Array.from({ length: 8 }, async (_, n) => client(n % 2 === 0 ? replicas.a : replicas.b));
      const ids = (await Promise.all(clients)).flat();
      const rows = await auditRows(replicas.a);
      expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => i + 1));
      for (const [i, row] of rows.entries())
        expect([row.prev_hash, row.hash]).toEqual([rows[i - 1]?.hash ?? FIRST_PREV_HASH, hashOf(row)]);
      for (const id of ids) {
        const actions = rows.filter(({ token_id }) => token_id === id).map(({ action }) => action);
        expect(actions).toEqual(['token.create', 'token.update']);
      }
    });
  });
});
