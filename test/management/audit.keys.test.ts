import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AuditRow } from '../../src/audit/row/audit.row.js';
import type { AuditListView } from '../../src/reporting/audit/audit.dto.js';
import { TestApp } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { operator } from '../support/operators.js';
import { rowsOf } from '../support/audit.rows.js';

const FIRST = 'sk-proj-canary0000000000000000000000000zzzz';
const SECOND = 'sk-proj-canary0000000000000000000000000yyyy';

onEveryStore('an upstream key in the audit log', (store) => {
  let database: FreshStore;
  let app: TestApp;
  let project: { id: string };
  let rows: AuditRow[];
  beforeAll(async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
    rows = await rowsOf(app, async () => {
      project = await app.project({ name: 'search team', api_key: FIRST });
      await app.manage('PATCH', `/manage/projects/${project.id}`, {
        api_key: SECOND,
        note: 'of the owner',
      });
    });
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const get = async (path: string, token: string): Promise<unknown> =>
    (await app.manage('GET', `/manage/audit${path}`, undefined, token)).json();
  const search = async (text: string, token: string): Promise<number[]> =>
    ((await get(`?search=${encodeURIComponent(text)}`, token)) as AuditListView).events.map(({ seq }) => seq);

  it('is shown to admins in its display form', async () => {
    const { token } = await operator(app, { role: 'admin' });
    const [, changed] = rows as [AuditRow, AuditRow];
    expect(await get(`/${changed.seq}`, token)).toEqual(changed);
    expect(JSON.stringify(changed)).toContain('yyyy');
    expect(await search('yyyy', token)).toEqual(expect.arrayContaining([changed.seq]));
  });

  it.each(['viewer', 'manager'])('is set or changed for a %s, in no form', async (role) => {
    for (const projects of role === 'viewer' ? [undefined, [project.id]] : [[project.id]]) {
      const { token } = await operator(app, {
        role,
        ...(projects && { projects }),
      });
      const listed = ((await get(`?project_id=${project.id}`, token)) as AuditListView).events.toReversed();
      const single = await Promise.all(rows.map(async ({ seq }) => get(`/${seq}`, token)));
      for (const shown of [listed, single] as AuditRow[][]) {
        expect(JSON.stringify(shown)).not.toMatch(/zzzz|yyyy/);
        expect(shown.map(({ seq }) => seq)).toEqual(rows.map(({ seq }) => seq));
        expect(shown[0]!.changes).toMatchObject({
          api_key: { from: null, to: 'set' },
          name: { to: 'search team' },
        });
        expect(shown[1]!.changes).toMatchObject({
          api_key: { from: 'set', to: 'changed' },
          note: { to: 'of the owner' },
        });
      }
    }
  });

  it.each(['viewer', 'manager'])('is not found by a %s', async (role) => {
    const { token } = await operator(app, { role, projects: [project.id] });
    for (const text of ['zzzz', 'yyyy', 'sk-proj-…']) expect([text, await search(text, token)]).toEqual([text, []]);
    // Other rows are searched as a whole, and of these the other columns.
    expect(await search('project.update', token)).toEqual([rows[1]!.seq]);
    const [made] = await rowsOf(app, async () => app.token({ project_id: project.id, note: `of ${role}` }));
    expect(await search(`of ${role}`, token)).toEqual([made!.seq]);
  });
});
