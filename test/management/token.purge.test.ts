import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { LabelEntity } from '../../src/project/labels/label.entity.js';
import { TokenPurge } from '../../src/token/retention/token.purge.js';
import { TokenEntity } from '../../src/token/token.entity.js';
import { TestApp, type TokenAnswer } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { until } from '../support/until.js';

const DAY = 86_400_000;

onEveryStore('ended tokens', (store) => {
  let database: FreshStore;
  let apps: TestApp[];
  let project: string;
  beforeAll(async () => {
    database = await store.fresh();
    apps = [];
    const count = store.driver === 'sqlite' ? 1 : 2;
    for (let n = 0; n < count; n += 1) apps.push(await TestApp.start({ ...database.variables, TOKEN_RETENTION: '7d' }));
    project = (await apps[0]!.project()).id;
  });
  afterAll(async () => {
    for (const app of apps) await app.close();
    await database.drop();
  });

  const repository = () => apps[0]!.running.app.get(DataSource, { strict: false }).getRepository(TokenEntity);
  const token = async (columns: Partial<TokenEntity> = {}): Promise<TokenAnswer> => {
    const made = await apps[0]!.token({ project_id: project });
    if (Object.keys(columns).length > 0) await repository().update({ id: made.id }, columns);
    return made;
  };
  const purge = async () =>
    Promise.all(apps.map(async ({ running }) => running.app.get(TokenPurge, { strict: false }).purge()));
  const status = async ({ id }: { id: string }, app = apps[0]!) =>
    (await app.manage('GET', `/manage/tokens/${id}`)).status;

  it('are deleted a while after their end, once over all replicas', async () => {
    const [long, short] = [Date.now() - 8 * DAY, Date.now() - 6 * DAY];
    const gone = [
      await token({ createdAt: long - DAY, expiresAt: long }),
      await token({ isActive: false, deactivatedAt: long }),
      await token({ isActive: false, deactivatedAt: long, expiresAt: long }),
    ];
    const kept = [
      await token(),
      await token({ expiresAt: short }),
      await token({ isActive: false, deactivatedAt: short }),
      await token({ maxRequests: 1, requestCount: 1, lastUsedAt: long }),
    ];
    const deleted = await purge();
    expect(deleted.reduce((sum, count) => sum + count)).toBe(3);
    expect(await Promise.all(gone.map(async (one) => status(one)))).toEqual([404, 404, 404]);
    expect(await Promise.all(kept.map(async (one) => status(one)))).toEqual([200, 200, 200, 200]);
  });

  it('go with their labels, and stay while their row counts the requests of another', async () => {
    const long = Date.now() - 8 * DAY;
    const ended = await token({ expiresAt: long });
    const replaced = await token({ accountId: ended.id });
    const labels = apps[0]!.running.app.get(DataSource, { strict: false }).getRepository(LabelEntity);
    const other = randomUUID();
    await labels.insert([
      { label: 'team=a', subject: 'token', subjectId: ended.id },
      { label: 'team=a', subject: 'token', subjectId: other },
    ]);
    await purge();
    expect(await status(ended)).toBe(200);
    await repository().update({ id: replaced.id }, { accountId: null });
    await purge();
    expect(await status(ended)).toBe(404);
    expect((await labels.find()).map(({ subjectId }) => subjectId)).toEqual([other]);
  });

  it('are unknown to every replica afterwards', async () => {
    const ended = await token({ expiresAt: Date.now() - 8 * DAY });
    const ask = async (app: TestApp) =>
      (await fetch(`${app.url}/v1/models`, { headers: { authorization: `Bearer ${ended.token}` } })).headers.get(
        'x-proxy-error',
      );
    expect(await Promise.all(apps.map(ask))).toEqual(apps.map(() => 'token_expired'));
    await purge();
    await until('the token is unknown', async () =>
      (await Promise.all(apps.map(ask))).every((code) => code === 'token_not_found'),
    );
  });

  it('keep what they used, under their id', async () => {
    const ended = await token();
    const response = await fetch(`${apps[0]!.url}/v1/models`, { headers: { authorization: `Bearer ${ended.token}` } });
    await response.arrayBuffer();
    const usage = async () => (await apps[0]!.manage('GET', '/manage/usage?group_by=token')).text();
    await until('the usage', async () => (await usage()).includes(ended.id));
    await repository().update({ id: ended.id }, { expiresAt: Date.now() - 8 * DAY });
    await purge();
    expect(await status(ended)).toBe(404);
    expect(await usage()).toContain(ended.id);
  });
});
