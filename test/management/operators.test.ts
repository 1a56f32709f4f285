import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { OperatorEntity } from '../../src/auth/operator.entity.js';
import { OPERATOR_SECRETS } from '../../src/auth/operator.secret.js';
import { Changes } from '../../src/changes/changes.js';
import { ROOT } from '../../src/common/values/actor.js';
import { Clock } from '../../src/common/values/clock.js';
import { MANAGEMENT_TOKEN, type ProjectAnswer, TestApp, until } from '../support/app.js';
import { operator, type OperatorAnswer, whoIs } from '../support/operators.js';
import { refused } from '../support/refusal.js';

const PREVIOUS = 'mgmt-previous-0123456789abcdefghijklmnop';
const MISSING = '8c1d2f0e-9d54-4a53-8a39-b7a2c8f4a001';

describe('operators', () => {
  let app: TestApp;
  let project: ProjectAnswer;
  beforeAll(async () => {
    app = await TestApp.start({ MANAGEMENT_TOKEN_PREVIOUS: PREVIOUS });
    project = await app.project();
  });
  afterAll(() => app.close());

  const get = async (id: string) =>
    (await (await app.manage('GET', `/manage/operators/${id}`)).json()) as OperatorAnswer;
  const change = (id: string, body: object, token = MANAGEMENT_TOKEN) =>
    app.manage('PATCH', `/manage/operators/${id}`, body, token);

  it('are created with a credential that only this response has', async () => {
    const made = await operator(app, { name: ' ana ', role: 'manager', projects: [project.id.toUpperCase()] });
    expect(OPERATOR_SECRETS.matches(made.token)).toBe(true);
    const shown = { ...made, token: OPERATOR_SECRETS.mask(made.token) };
    expect(await get(made.id)).toEqual(shown);
    expect(shown).toEqual({
      id: made.id,
      name: 'ana',
      token: expect.stringMatching(/^sk-op-\w{4}…\w{4}$/),
      role: 'manager',
      projects: [project.id],
      is_active: true,
      expires_at: null,
      created_at: expect.any(String),
      created_by: null,
    });
    const list = await app.manage('GET', '/manage/operators');
    expect(list.headers.get('x-total-count')).toBe('1');
    expect(await list.json()).toEqual([shown]);
    await app.manage('DELETE', `/manage/operators/${made.id}`);
  });

  it.each([
    ['revoked', { is_active: false }, 401],
    ['demoted', { role: 'viewer' }, 403],
  ])('make no change when they are %s while their body comes', async (_what, fields, status) => {
    const { id, token } = await operator(app, { role: 'admin' });
    const body = Buffer.from(JSON.stringify({ name: `held ${status}`, role: 'admin' }));
    const call = httpRequest(`${app.url}/manage/operators`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': body.length,
      },
    });
    call.write(body.subarray(0, 10));
    await until('the operator is known', async () => (await get(id)).last_used_at !== undefined);
    await change(id, fields);
    call.end(body.subarray(10));
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(status);
  });

  it('make no change when they are revoked while it waits for another one', async () => {
    const { id, token } = await operator(app, { role: 'admin' });
    const changes = app.running.app.get(Changes);
    const commit = vi.spyOn(changes, 'commit');
    const isHeld = Promise.withResolvers<void>();
    const held = changes.commit(ROOT, 'operator.update', async ({ manager }) => {
      await isHeld.promise;
      await manager.update(OperatorEntity, { id }, { isActive: false });
    });
    const waiting = app.manage('POST', '/manage/projects', { name: 'late', api_key: 'sk-proj-late-0123456789' }, token);
    await until('the call waits', async () => commit.mock.calls.some(([author]) => author.id === id));
    isHeld.resolve();
    await held;
    expect((await waiting).status).toBe(401);
    commit.mockRestore();
  });

  it('are who whoami says', async () => {
    expect(await whoIs(app, MANAGEMENT_TOKEN)).toEqual({ kind: 'root', role: 'admin', projects: null });
    const made = await operator(app, { projects: [project.id] });
    expect(await whoIs(app, made.token)).toEqual({
      kind: 'operator',
      id: made.id,
      name: made.name,
      role: 'viewer',
      projects: [project.id],
    });
  });

  it.each([
    [{ role: 'owner' }, 'role'],
    [{ role: 'admin', projects: ['p'] }, 'projects'],
    [{ role: 'admin', projects: [] }, 'projects'],
    [{ role: 'manager' }, 'projects'],
    [{ role: 'manager', projects: [] }, 'projects'],
    [{ role: 'viewer', projects: [MISSING] }, 'projects'],
    [{ role: 'viewer', projects: [MISSING, MISSING.toUpperCase()] }, 'projects'],
    [{ role: 'viewer', projects: 'p' }, 'projects'],
    [{ role: 'viewer', name: '' }, 'name'],
    [{ role: 'viewer', expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    [{ role: 'viewer', expires_at: '2099-02-30T00:00:00Z' }, 'expires_at'],
    [{ role: 'viewer', expires_at: 'tomorrow' }, 'expires_at'],
    [{ role: 'viewer', is_active: false }, 'is_active'],
  ])('are refused with %j', async (fields, field) => {
    expect(await refused(app.manage('POST', '/manage/operators', { name: 'x', ...fields }))).toMatchObject({
      status: 400,
      code: 'validation_failed',
      fields: [field],
    });
  });

  it('have a name of their own until they are revoked', async () => {
    const first = await operator(app, { name: 'twice' });
    const again = { name: 'twice', role: 'viewer' };
    const taken = { status: 409, code: 'operator_exists' };
    expect(await refused(app.manage('POST', '/manage/operators', again))).toMatchObject(taken);
    await app.manage('DELETE', `/manage/operators/${first.id}`);
    const second = await operator(app, again);
    expect(await refused(change(first.id, { is_active: true }))).toMatchObject(taken);
    expect((await change(first.id, { is_active: true, name: 'first' })).status).toBe(200);
    expect(await refused(change(first.id, { name: 'twice' }))).toMatchObject(taken);
    expect(await whoIs(app, first.token)).toMatchObject({ name: 'first' });
    expect(await whoIs(app, second.token)).toMatchObject({ name: 'twice' });
  });

  it('are changed at once, field by field', async () => {
    const made = await operator(app);
    expect(await whoIs(app, made.token)).toMatchObject({ role: 'viewer', projects: null });
    expect((await change(made.id, { role: 'manager', projects: [project.id] })).status).toBe(200);
    expect(await whoIs(app, made.token)).toMatchObject({ role: 'manager', projects: [project.id] });
    expect(await refused(change(made.id, { projects: null }))).toMatchObject({ status: 400, fields: ['projects'] });
    expect(await refused(change(made.id, { role: 'admin', projects: [project.id] }))).toMatchObject({
      status: 400,
      fields: ['projects'],
      message: 'projects must be null for an admin',
    });
    expect((await change(made.id, { role: 'admin' })).status).toBe(200);
    expect(await whoIs(app, made.token)).toMatchObject({ role: 'admin', projects: null });
    expect(await refused(change(made.id, { role: 'manager' }))).toMatchObject({ status: 400, fields: ['projects'] });
    expect((await change(made.id, { role: 'admin', projects: null })).status).toBe(200);
    expect(await refused(change(made.id, {}))).toMatchObject({ status: 400, code: 'no_fields' });
    expect(await get(made.id)).toMatchObject({ role: 'admin', projects: null, name: made.name, is_active: true });
  });

  it('are revoked at once, for good or until they are brought back', async () => {
    const made = await operator(app);
    expect(await whoIs(app, made.token)).toMatchObject({ id: made.id });
    for (const _ of [1, 2]) expect((await app.manage('DELETE', `/manage/operators/${made.id}`)).status).toBe(204);
    expect(await refused(app.manage('GET', '/manage/whoami', undefined, made.token))).toMatchObject({
      status: 401,
      code: 'unauthorized',
    });
    expect(await get(made.id)).toMatchObject({ is_active: false, deactivated_at: expect.any(String) });
    const back = (await (await change(made.id, { is_active: true })).json()) as OperatorAnswer;
    expect([back.is_active, back['deactivated_at']]).toEqual([true, undefined]);
    expect(await whoIs(app, made.token)).toMatchObject({ id: made.id });
  });

  it('expire', async () => {
    const clock = app.running.app.get(Clock);
    const made = await operator(app, { expires_at: new Date(clock.now() + 60_000).toISOString() });
    expect(await whoIs(app, made.token)).toMatchObject({ id: made.id });
    const later = vi.spyOn(clock, 'now').mockReturnValue(clock.now() + 60_001);
    try {
      expect(await whoIs(app, made.token)).toBe(401);
    } finally {
      later.mockRestore();
    }
    expect((await change(made.id, { expires_at: null })).status).toBe(200);
    expect(await get(made.id)).toMatchObject({ expires_at: null });
  });

  it('have a time of last use, written once a minute', async () => {
    const clock = app.running.app.get(Clock);
    const made = await operator(app);
    expect(made.last_used_at).toBeUndefined();
    await whoIs(app, made.token);
    await until('the first use', async () => (await get(made.id)).last_used_at !== undefined);
    const first = (await get(made.id)).last_used_at!;
    await whoIs(app, made.token);
    const later = vi.spyOn(clock, 'now').mockReturnValue(clock.now() + 60_001);
    try {
      await whoIs(app, made.token);
      await until('the next use', async () => (await get(made.id)).last_used_at !== first);
      expect((await get(made.id)).last_used_at).toBe(new Date(clock.now()).toISOString());
    } finally {
      later.mockRestore();
    }
  });

  it('change neither themselves nor, without the role of an admin, anybody', async () => {
    const [admin, viewer] = [await operator(app, { role: 'admin' }), await operator(app)];
    const forbidden = { status: 403, code: 'role_not_allowed' };
    for (const [caller, id] of [
      [admin, admin.id],
      [viewer, viewer.id],
      [viewer, admin.id],
    ] as const) {
      expect(await refused(change(id, { role: 'admin' }, caller.token))).toMatchObject(forbidden);
      expect(await refused(app.manage('DELETE', `/manage/operators/${id}`, undefined, caller.token))).toMatchObject(
        forbidden,
      );
    }
    const made = await app.manage('POST', '/manage/operators', { name: 'made', role: 'admin' }, admin.token);
    const second = (await made.json()) as OperatorAnswer;
    expect(second).toMatchObject({ created_by: admin.id });
    expect((await app.manage('DELETE', `/manage/operators/${admin.id}`, undefined, second.token)).status).toBe(204);
  });

  it('are not found by another id', async () => {
    for (const answer of [
      app.manage('GET', `/manage/operators/${MISSING}`),
      change(MISSING, { name: 'x' }),
      app.manage('DELETE', `/manage/operators/${MISSING}`),
    ])
      expect(await refused(answer)).toMatchObject({ status: 404, code: 'operator_not_found' });
  });

  it('do not call /v1, and withering tokens do not manage', async () => {
    const made = await operator(app, { role: 'admin' });
    const answer = await app.manage('GET', '/v1/models', undefined, made.token);
    expect([answer.status, answer.headers.get('x-proxy-error')]).toEqual([401, 'token_malformed']);
    expect(await whoIs(app, (await app.token()).token)).toBe(401);
  });

  it('see no upstream key, not even its display form, unless they are admins', async () => {
    const shown = async (fields: Record<string, unknown>) => {
      const { token } = await operator(app, fields);
      const one = await app.manage('GET', `/manage/projects/${project.id}`, undefined, token);
      const all = await app.manage('GET', '/manage/projects', undefined, token);
      return [one, all].map(async (answer) => JSON.stringify(await answer.json()).includes('sk-'));
    };
    expect(await Promise.all(await shown({ role: 'admin' }))).toEqual([true, true]);
    expect(await Promise.all(await shown({ role: 'viewer' }))).toEqual([false, false]);
    expect(await Promise.all(await shown({ role: 'manager', projects: [project.id] }))).toEqual([false, false]);
  });

  it('are in the access log', async () => {
    const made = await operator(app, { name: 'a "quoted" name' });
    await whoIs(app, made.token);
    await until('the line', async () => app.accessLines.some((line) => line['operator_id'] === made.id));
    expect(app.accessLines.findLast((line) => line['operator_id'] === made.id)).toMatchObject({
      actor: 'operator',
      operator_name: 'a "quoted" name',
      path: '/manage/whoami',
    });
    await whoIs(app, MANAGEMENT_TOKEN);
    await until('the line of root', async () => app.accessLines.some((line) => line['actor'] === 'management_api'));
    expect(app.accessLines.findLast((line) => line['actor'] === 'management_api')).not.toHaveProperty('operator_id');
  });

  it('stand beside the management token, which is exchanged with an overlap', async () => {
    const lines = () => app.log.split('\n').filter((line) => line.includes('previous management token'));
    for (const _ of [1, 2]) expect(await whoIs(app, PREVIOUS)).toEqual(await whoIs(app, MANAGEMENT_TOKEN));
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).not.toContain(PREVIOUS);
  });

  it('are no upstream keys, and neither is the previous management token', async () => {
    for (const api_key of [PREVIOUS, MANAGEMENT_TOKEN, OPERATOR_SECRETS.create()])
      expect(await refused(app.manage('POST', '/manage/projects', { name: 'x', api_key }))).toMatchObject({
        status: 400,
        fields: ['api_key'],
      });
  });
});

describe('operators over a restart', () => {
  it('are known, and their credentials need the ENCRYPTION_KEY', async () => {
    let app = await TestApp.start();
    const made = await operator(app);
    app = await app.restart();
    expect(await whoIs(app, made.token)).toMatchObject({ id: made.id });
    await app.close(true);
    const ENCRYPTION_KEY = Buffer.from('another-key-0123456789-abcdefghi').toString('base64');
    await expect(TestApp.start({ ...app.variables, ENCRYPTION_KEY }, app.folder)).rejects.toThrow(/ENCRYPTION_KEY/);
  });
});
