import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProjectAnswer, TestApp, UPSTREAM_KEY } from '../support/app.js';
import { refused } from '../support/refusal.js';

describe('GET /manage/projects', () => {
  let app: TestApp;
  let created: ProjectAnswer[];
  beforeAll(async () => {
    app = await TestApp.start();
    created = [];
    for (const name of ['mango', 'apple', 'Zebra', 'banana']) created.push(await app.project({ name }));
    await app.manage('DELETE', `/manage/projects/${created[3]!.id}`);
  });
  afterAll(() => app.close());

  const list = async (query = ''): Promise<ProjectAnswer[]> => {
    const answer = await app.manage('GET', `/manage/projects${query}`);
    expect(answer.status).toBe(200);
    return (await answer.json()) as ProjectAnswer[];
  };
  const names = async (query: string) => (await list(query)).map(({ name }) => name);

  it('lists projects by name in any case, without the deleted, as GET shows each', async () => {
    const projects = await list();
    expect(projects.map(({ name }) => name)).toEqual(['apple', 'mango', 'Zebra']);
    for (const project of projects)
      expect(await (await app.manage('GET', `/manage/projects/${project.id}`)).json()).toEqual(project);
  });

  it.each(['includeDeleted', 'include_deleted'])('lists the deleted too with ?%s', async (flag) => {
    expect(await names(`?${flag}=true`)).toEqual(['apple', 'banana', 'mango', 'Zebra']);
    expect(await names(`?${flag}=1`)).toContain('banana');
    expect(await names(`?${flag}=false`)).not.toContain('banana');
    expect(await names(`?${flag}=0`)).not.toContain('banana');
  });

  it('never shows a key', async () => {
    const text = await (await app.manage('GET', '/manage/projects?includeDeleted=true')).text();
    expect(text).not.toContain(UPSTREAM_KEY);
    expect(text).not.toContain('upstream-canary');
  });

  it.each([
    ['?includeDeleted=yes', 'includeDeleted'],
    ['?includeDeleted=', 'includeDeleted'],
    ['?include_deleted=2', 'include_deleted'],
    ['?includeDeleted=true&includeDeleted=true', 'includeDeleted'],
    ['?deleted=true', 'deleted'],
  ])('refuses %s', async (query, field) => {
    expect(await refused(app.manage('GET', `/manage/projects${query}`))).toMatchObject({
      status: 400,
      code: 'validation_failed',
      fields: [field],
    });
  });

  it('shows one by its id, in whatever case', async () => {
    const { id } = created[0]!;
    const answer = await app.manage('GET', `/manage/projects/${id.toUpperCase()}`);
    expect(await answer.json()).toEqual(created[0]);
  });

  it('AD-16 knows neither deleted projects nor unknown ids', async () => {
    for (const id of [created[3]!.id, randomUUID()])
      expect(await refused(app.manage('GET', `/manage/projects/${id}`))).toMatchObject({
        status: 404,
        code: 'project_not_found',
      });
  });
});
