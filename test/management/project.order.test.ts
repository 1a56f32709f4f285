import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestApp } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';

const NAMES = ['alpha', 'Beta', 'beta', 'Search team', 'my-project', 'Zeta', 'ZETA 2', '2nd'];
const SORTED = ['2nd', 'alpha', 'Beta', 'beta', 'my-project', 'Search team', 'Zeta', 'ZETA 2'];

onEveryStore('projects are listed by name in any case', (store) => {
  let database: FreshStore;
  let app: TestApp;

  beforeAll(async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
    for (const name of NAMES) await app.manage('POST', '/manage/projects', { name, api_key: 'sk-order' });
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const names = async (query: string): Promise<string[]> => {
    const response = await app.manage('GET', `/manage/projects${query}`);
    return ((await response.json()) as { name: string }[]).map(({ name }) => name);
  };
  /** Capitals first or last, among names that differ in nothing else, is the database's own choice. */
  const folded = (list: string[]): string[] => list.map((name) => name.toLowerCase());

  it('at once', async () => {
    expect(folded(await names(''))).toEqual(folded(SORTED));
  });

  it('over pages, each project once', async () => {
    const pages = [
      await names('?page=1&page_size=3'),
      await names('?page=2&page_size=3'),
      await names('?page=3&page_size=3'),
    ];
    expect(folded(pages.flat())).toEqual(folded(SORTED));
    expect(new Set(pages.flat())).toEqual(new Set(NAMES));
  });
});
