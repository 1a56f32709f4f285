import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Clock } from '../../src/common/values/clock.js';
import { TestApp, type TokenAnswer } from '../support/app.js';
import { refused } from '../support/refusal.js';

describe('GET /manage/tokens', () => {
  let app: TestApp;
  let [first, second, third, other]: TokenAnswer[] = [];
  beforeAll(async () => {
    app = await TestApp.start();
    const project = (await app.project()).id;
    const clock = app.running.app.get(Clock);
    const make = (fields: object, at: number) => {
      vi.spyOn(clock, 'now').mockReturnValue(Date.now() + at);
      return app.token(fields as Record<string, unknown>);
    };
    first = await make({ project_id: project, duration_minutes: 1 }, 0);
    second = await make({ project_id: project }, 10);
    third = await make({ project_id: project }, 20);
    other = await make({}, 30);
    vi.restoreAllMocks();
    await app.manage('DELETE', `/manage/tokens/${second.id}`);
  });
  afterAll(() => app.close());
  afterEach(() => vi.restoreAllMocks());

  const list = async (query = ''): Promise<TokenAnswer[]> => {
    const answer = await app.manage('GET', `/manage/tokens${query}`);
    expect(answer.status).toBe(200);
    return (await answer.json()) as TokenAnswer[];
  };
  const ids = async (query: string) => (await list(query)).map(({ id }) => id);

  it('lists all tokens, newest first, as GET shows each', async () => {
    const tokens = await list();
    expect(tokens.map(({ id }) => id)).toEqual([other!.id, third!.id, second!.id, first!.id]);
    for (const token of tokens) expect(await app.tokenById(token.id)).toEqual(token);
  });

  it('shows display forms only', async () => {
    for (const { token } of await list()) expect(token).toMatch(/^sk-wt-[0-9A-Za-z]{4}…[0-9A-Za-z]{4}$/);
  });

  it.each(['projectId', 'project_id'])('filters by ?%s', async (name) => {
    const project = first!.project_id;
    expect(await ids(`?${name}=${project}`)).toEqual([third!.id, second!.id, first!.id]);
    expect(await ids(`?${name}=${project.toUpperCase()}`)).toHaveLength(3);
    expect(await ids(`?${name}=${randomUUID()}`)).toEqual([]);
  });

  it.each(['activeOnly', 'active_only'])('filters by ?%s: neither revoked nor expired', async (name) => {
    expect(await ids(`?${name}=true`)).toEqual([other!.id, third!.id, first!.id]);
    expect(await ids(`?${name}=false`)).toHaveLength(4);
    expect(await ids(`?${name}=1&projectId=${first!.project_id}`)).toEqual([third!.id, first!.id]);
    vi.spyOn(app.running.app.get(Clock), 'now').mockReturnValue(Date.parse(String(first!['expires_at'])));
    expect(await ids(`?${name}=true`)).toEqual([other!.id, third!.id]);
  });

  it.each([
    ['?projectId=1', 'projectId'],
    ['?projectId=', 'projectId'],
    ['?project_id=x', 'project_id'],
    ["?projectId='%20OR%201=1--", 'projectId'],
    ['?projectId[]=x', 'projectId[]'],
    ['?activeOnly=yes', 'activeOnly'],
    ['?activeOnly=', 'activeOnly'],
    ['?activeOnly=false&active_only=true', 'active_only'],
    ['?projectId=8c1d2f0e-9d54-4a53-8a39-b7a2c8f4a001&project_id=8c1d2f0e-9d54-4a53-8a39-b7a2c8f4a002', 'project_id'],
    ['?active_only=TRUE', 'active_only'],
    ['?active=true', 'active'],
  ])('refuses %s', async (query, field) => {
    expect(await refused(app.manage('GET', `/manage/tokens${query}`))).toMatchObject({
      status: 400,
      code: 'validation_failed',
      fields: [field],
    });
  });

  it('knows no unknown id, and no secret as an id', async () => {
    expect(await refused(app.manage('GET', `/manage/tokens/${randomUUID()}`))).toMatchObject({
      status: 404,
      code: 'token_not_found',
    });
    expect(await refused(app.manage('GET', `/manage/tokens/${first!.token}`))).toMatchObject({
      status: 400,
      code: 'invalid_id',
    });
  });
});
