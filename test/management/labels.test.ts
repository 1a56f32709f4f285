import { newSecret } from '../../src/token/token.secret.js';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabelEntity } from '../../src/project/labels/label.entity.js';
import { type ProjectAnswer, TestApp } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { refused } from '../support/refusal.js';

onEveryStore('labels, owner and note', (store) => {
  let app: TestApp;
  let database: FreshStore;
  beforeAll(async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const json = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const response = await app.manage(method, path, body);
    expect(response.status).toBeLessThan(300);
    return (await response.json()) as Record<string, unknown>;
  };
  const rowsOf = async (subjectId: string): Promise<string[]> =>
    (await app.running.app.get(DataSource).getRepository(LabelEntity).findBy({ subjectId }))
      .map(({ subject, label }) => `${subject} ${label}`)
      .toSorted();
  const DESCRIBED = { labels: { team: 'search', env: 'prod' }, owner: 'Ada <ada@example.com>', note: 'one\ntwo' };

  describe.each(['project', 'token'] as const)('of a %s', (subject) => {
    const made = async (fields: object) =>
      subject === 'project' ? app.project({ ...fields }) : app.token({ ...fields });

    it('are kept, with rows that lists find', async () => {
      const { id, ...created } = await made(DESCRIBED);
      expect(created).toMatchObject(DESCRIBED);
      expect(await json('GET', `/manage/${subject}s/${id}`)).toMatchObject(DESCRIBED);
      expect(await rowsOf(id)).toEqual([`${subject} env=prod`, `${subject} team=search`]);
    });

    it('are absent at first, and a change replaces all labels', async () => {
      const { id, ...created } = await made({});
      expect(created).toMatchObject({ labels: null, owner: null, note: null });
      const path = `/manage/${subject}s/${id}`;
      expect(await json('PATCH', path, DESCRIBED)).toMatchObject(DESCRIBED);
      const labels = { team: 'x=ü', 'a/b_c': '' };
      const { labels: changed, owner } = await json('PATCH', path, { labels });
      expect([changed, owner]).toEqual([labels, DESCRIBED.owner]);
      expect(await rowsOf(id)).toEqual([`${subject} a/b_c=`, `${subject} team=x=ü`]);
      await json('PATCH', path, { owner: 'Grace' });
      expect(await rowsOf(id)).toHaveLength(2);
      expect(await json('PATCH', path, { labels: null, owner: null, note: null })).toMatchObject({
        labels: null,
        owner: null,
        note: null,
      });
      expect(await rowsOf(id)).toEqual([]);
    });

    it('have notes of several lines, however a client breaks them', async () => {
      expect(await made({ note: 'one\r\ntwo' })).toMatchObject({ note: 'one\ntwo' });
    });

    it.each([
      { labels: { Team: 'a' } },
      { labels: ['a'] },
      { labels: { team: { a: 'b' } } },
      { owner: 'a\nb' },
      { note: 'a\u0000' },
      { note: `its key is ${newSecret()}` },
      { owner: newSecret() },
      { name: newSecret() },
      { labels: { token: newSecret() } },
    ])('are refused: %j', async (fields) => {
      const { id } = await made({});
      expect(await refused(app.manage('PATCH', `/manage/${subject}s/${id}`, fields))).toMatchObject({
        status: 400,
        code: 'validation_failed',
        fields: Object.keys(fields),
      });
    });

    it('a label named as what every object inherits is refused, not dropped', async () => {
      const { id } = await made({});
      const labels = JSON.parse('{"constructor":"a"}') as object;
      expect(await refused(app.manage('PATCH', `/manage/${subject}s/${id}`, { labels }))).toMatchObject({
        status: 400,
        fields: ['labels.constructor'],
      });
    });
  });

  it('a refused change of a project leaves its labels', async () => {
    const [first, second] = [await app.project({ labels: { team: 'a' } }), await app.project()];
    expect(
      await refused(app.manage('PATCH', `/manage/projects/${first.id}`, { name: second.name, labels: { team: 'b' } })),
    ).toMatchObject({ code: 'project_exists' });
    expect(await rowsOf(first.id)).toEqual(['project team=a']);
  });

  it('narrow the list of projects', async () => {
    const [a, b, c] = [
      await app.project({ labels: { zone: 'eu', tier_1: 'x' }, owner: 'list-owner' }),
      await app.project({ labels: { zone: 'eu-2' }, owner: 'list-owner' }),
      await app.project({ labels: { zone: 'eu', 'tier.1': 'x', tierx1: 'x' } }),
    ];
    // A token has the same label: it is no project.
    await app.token({ labels: { zone: 'eu' } });
    const found = async (query: string) => {
      const response = await app.manage('GET', `/manage/projects?${query}`);
      const projects = (await response.json()) as ProjectAnswer[];
      expect(response.headers.get('x-total-count')).toBe(String(projects.length));
      return projects.map(({ id }) => id).toSorted();
    };
    expect(await found('label=zone%3Deu')).toEqual([a.id, c.id].toSorted());
    expect(await found('label=zone')).toEqual([a.id, b.id, c.id].toSorted());
    expect(await found('label=zone=eu&label=tier_1')).toEqual([a.id]);
    expect(await found('label=tier_1')).toEqual([a.id]);
    expect(await found('label=zone=EU')).toEqual([]);
    expect(await found('owner=list-owner')).toEqual([a.id, b.id].toSorted());
    expect(await found('owner=list-owner&label=zone=eu-2')).toEqual([b.id]);
    expect(await found('owner=list')).toEqual([]);
  });

  it.each(['label=Zone', 'label==eu', 'label=a&label=', 'owner=', 'owner=a%0Ab'])(
    'refuses to look for %s',
    async (query) =>
      expect(await refused(app.manage('GET', `/manage/projects?${query}`))).toMatchObject({
        status: 400,
        fields: [query.split('=')[0]],
      }),
  );
});
