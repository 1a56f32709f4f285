import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ProjectAnswer, TestApp } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { refused } from '../support/refusal.js';

onEveryStore('GET /manage/projects', (onStore) => {
  let app: TestApp;
  let fresh: FreshStore;
  let web: ProjectAnswer;
  beforeAll(async () => {
    fresh = await onStore.fresh();
    app = await TestApp.start(fresh.variables);
    web = await app.project({ name: 'Web shop' });
    await app.project({ name: 'search team' });
    const paused = await app.project({ name: '100% web_test' });
    const gone = await app.project({ name: 'Old web' });
    await app.manage('PATCH', `/manage/projects/${paused.id}`, { is_active: false });
    await app.manage('DELETE', `/manage/projects/${gone.id}`);
  });
  afterAll(async () => {
    await app.close();
    await fresh.drop();
  });

  it.each([
    ['', ['100% web_test', 'search team', 'Web shop']],
    ['status=active', ['search team', 'Web shop']],
    ['status=inactive', ['100% web_test']],
    ['status=deleted', ['Old web']],
    ['search=WEB', ['100% web_test', 'Web shop']],
    ['search=web&status=active', ['Web shop']],
    ['search=0%25 w', ['100% web_test']],
    ['search=web_', ['100% web_test']],
    ['search=%25', ['100% web_test']],
    ['search=nothing', []],
    ['sort=-name', ['Web shop', 'search team', '100% web_test']],
    ['sort=updated_at', ['Web shop', 'search team', '100% web_test']],
    ['sort=-created_at', ['100% web_test', 'search team', 'Web shop']],
    ['includeDeleted=true&search=web', ['100% web_test', 'Old web', 'Web shop']],
  ])('?%s', async (query, names) => {
    const answer = await app.manage('GET', `/manage/projects?${query}`);
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as ProjectAnswer[]).map(({ name }) => name)).toEqual(names);
    expect(answer.headers.get('x-total-count')).toBe(String(names.length));
  });

  it('finds the beginning of an id', async () => {
    const found = await (
      await app.manage('GET', `/manage/projects?search=${web.id.slice(0, 13).toUpperCase()}`)
    ).json();
    expect(found).toMatchObject([{ id: web.id }]);
  });

  it.each([
    ['status=gone', 'status'],
    ['status=deleted&includeDeleted=true', 'includeDeleted'],
    ['search=', 'search'],
    ['search=sk-proj-0123456789', 'search'],
    ['sort=status', 'sort'],
  ])('refuses ?%s', async (query, field) => {
    expect(await refused(app.manage('GET', `/manage/projects?${query}`))).toMatchObject({
      status: 400,
      code: 'validation_failed',
      fields: [field],
    });
  });
});
