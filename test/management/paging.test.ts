import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestApp } from '../support/app.js';
import { refused } from '../support/refusal.js';

const TOTAL = 1205;

describe('lists in pages', () => {
  let app: TestApp;
  let projectId: string;
  beforeAll(async () => {
    app = await TestApp.start();
    projectId = (await app.project({ name: 'project 0000' })).id;
    const store = app.running.app.get(DataSource);
    await store.transaction(async (manager) => {
      for (let i = 1; i < TOTAL; i += 1) {
        const name = `project ${String(i).padStart(4, '0')}`;
        await manager.query(
          `INSERT INTO projects (id, name, name_key, api_key, api_key_display, is_active, created_at, updated_at) VALUES (?, ?, ?, 'k', '…', 1, 1, 1)`,
          [randomUUID(), name, name],
        );
        await manager.query(
          `INSERT INTO tokens (id, project_id, secret_hash, secret_display, is_active, expires_at, created_at) VALUES (?, ?, ?, '…', 1, 99999999999999, 1)`,
          [randomUUID(), projectId, `sha256:${i}`],
        );
      }
    });
  });
  afterAll(() => app.close());

  interface Listed {
    ids: string[];
    total: string | null;
    links: Record<string, string>;
  }
  async function list(target: string): Promise<Listed> {
    const answer = await app.manage('GET', target);
    expect(answer.status).toBe(200);
    const entries = (await answer.json()) as { id: string }[];
    const links = [...(answer.headers.get('link') ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g)];
    return {
      ids: entries.map(({ id }) => id),
      total: answer.headers.get('x-total-count'),
      links: Object.fromEntries(links.map(([, url, rel]) => [rel!, url!])),
    };
  }

  it.each([
    ['/manage/projects', TOTAL],
    ['/manage/tokens', TOTAL - 1],
  ])('%s counts always, and links to the rest when it is cut', async (path, total) => {
    const { ids, total: counted, links } = await list(path);
    expect([ids.length, counted]).toEqual([1000, String(total)]);
    expect((await list(links['next']!)).ids).toHaveLength(total - 1000);
  });

  it.each(['/manage/projects', '/manage/tokens'])(
    '%s gives every entry once when its links are followed, also when all are of one instant',
    async (path) => {
      const seen: string[] = [];
      let next: string | undefined = `${path}?page=1&page_size=400`;
      let total: string | null = null;
      while (next) {
        const page: Listed = await list(next);
        seen.push(...page.ids);
        ({ total } = page);
        next = page.links['next'];
      }
      expect(new Set(seen).size).toBe(Number(total));
      expect(seen).toHaveLength(Number(total));
    },
  );

  it('links to first, previous, next and last, and keeps the filter', async () => {
    const filter = `activeOnly=true&projectId=${projectId}`;
    const { links } = await list(`/manage/tokens?${filter}&page=2&page_size=500`);
    expect(links).toEqual({
      first: `/manage/tokens?${filter}&page=1&page_size=500`,
      prev: `/manage/tokens?${filter}&page=1&page_size=500`,
      next: `/manage/tokens?${filter}&page=3&page_size=500`,
      last: `/manage/tokens?${filter}&page=3&page_size=500`,
    });
  });

  it('has 100 on a page by default, and none behind the last', async () => {
    expect((await list('/manage/projects?page=2')).ids).toHaveLength(100);
    const { ids, total, links } = await list('/manage/projects?page=1000000');
    expect([ids, total, links['next']]).toEqual([[], String(TOTAL), undefined]);
  });

  it('RX-14 cuts an immense page size to 1000', async () => {
    expect((await list('/manage/tokens?page_size=1000000000')).ids).toHaveLength(1000);
  });

  it.each([
    ['page=0', 'page'],
    ['page=-1', 'page'],
    ['page=1.5', 'page'],
    ['page=one', 'page'],
    ['page=', 'page'],
    ['page=0x10', 'page'],
    ['page=1&page=2', 'page'],
    ['page=1000001', 'page'],
    ['page=99999999999999999999', 'page'],
    ['page_size=0', 'page_size'],
    ['page_size=-5', 'page_size'],
    ['page_size=1e3', 'page_size'],
    ['pageSize=5', 'pageSize'],
  ])('refuses ?%s', async (query, field) => {
    for (const path of ['/manage/projects', '/manage/tokens'])
      expect(await refused(app.manage('GET', `${path}?${query}`))).toMatchObject({
        status: 400,
        code: 'validation_failed',
        fields: [field],
      });
  });
});
