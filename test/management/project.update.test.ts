import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { Clock } from '../../src/common/values/clock.js';
import type { ProjectAnswer } from '../support/app.js';
import { codeOf, ProxyFixture } from '../support/proxy.fixture.js';
import { refused } from '../support/refusal.js';

describe('PATCH /manage/projects/{id}', () => {
  const fixture = ProxyFixture.forTests({ ALLOWED_PRIVATE_ORIGINS: 'http://127.0.0.1:11434' });
  const patch = (id: string, body: unknown) => fixture.app.manage('PATCH', `/manage/projects/${id}`, body);
  const changed = async (id: string, body: unknown): Promise<ProjectAnswer> => {
    const answer = await patch(id, body);
    expect(answer.status).toBe(200);
    return (await answer.json()) as ProjectAnswer;
  };

  it('changes what it is given and nothing else', async () => {
    const before = await fixture.app.project();
    const later = Date.now() + 1000;
    const clock = vi.spyOn(fixture.app.running.app.get(Clock), 'now').mockReturnValue(later);
    const after = await changed(before.id, { name: ' Renamed ' });
    clock.mockRestore();
    expect(after).toEqual({ ...before, name: 'Renamed', updated_at: new Date(later).toISOString() });
    expect(await (await fixture.app.manage('GET', `/manage/projects/${before.id}`)).json()).toEqual(after);
  });

  it('puts a new key in force at once', async () => {
    const project = await fixture.app.project();
    const token = await fixture.app.token({ project_id: project.id });
    await fixture.call({ headers: fixture.headers(token) });
    expect(await changed(project.id, { api_key: 'sk-proj-a-new-upstream-key-1234' })).toMatchObject({
      api_key: 'sk-proj-…1234',
    });
    await fixture.call({ headers: fixture.headers(token) });
    expect(fixture.upstream.requests.at(-1)?.header('authorization')).toBe('Bearer sk-proj-a-new-upstream-key-1234');
  });

  it('sets the base URL, and null returns to the default', async () => {
    const { id } = await fixture.app.project();
    expect(await changed(id, { base_url: 'https://other.example/prefix' })).toMatchObject({
      base_url: 'https://other.example/prefix',
    });
    expect(await changed(id, { base_url: null })).toMatchObject({ base_url: null });
  });

  it('deactivates with a date, keeps it, and clears it on reactivation', async () => {
    const project = await fixture.app.project();
    const token = await fixture.app.token({ project_id: project.id });
    const off = await changed(project.id, { is_active: false });
    expect(off).toMatchObject({ is_active: false, deactivated_at: off['updated_at'] });
    expect(await changed(project.id, { is_active: false })).toMatchObject({ deactivated_at: off['deactivated_at'] });
    const refusal = await fixture.call({ headers: fixture.headers(token) });
    expect([refusal.status, codeOf(refusal)]).toEqual([403, 'project_inactive']);

    const on = await changed(project.id, { is_active: true });
    expect(on.is_active).toBe(true);
    expect(on).not.toHaveProperty('deactivated_at');
    expect((await fixture.call({ headers: fixture.headers(token) })).status).toBe(200);
  });

  it('revokes the tokens of a project that it deactivates on request', async () => {
    const project = await fixture.app.project();
    const token = await fixture.app.token({ project_id: project.id });
    const other = await fixture.app.token();
    await changed(project.id, { is_active: false, revoke_tokens: true });
    expect(await fixture.app.tokenById(token.id)).toMatchObject({
      is_active: false,
      deactivated_at: expect.any(String),
    });
    expect(await fixture.app.tokenById(other.id)).toMatchObject({ is_active: true });
    await changed(project.id, { is_active: true });
    expect(codeOf(await fixture.call({ headers: fixture.headers(token) }))).toBe('token_inactive');
  });

  it('does not revoke the tokens otherwise', async () => {
    const project = await fixture.app.project();
    const token = await fixture.app.token({ project_id: project.id });
    await changed(project.id, { is_active: false, revoke_tokens: false });
    expect(await fixture.app.tokenById(token.id)).toMatchObject({ is_active: true });
  });

  it.each([{ revoke_tokens: true }, { revoke_tokens: true, is_active: true }, { revoke_tokens: true, name: 'x' }])(
    'refuses %j: tokens are revoked with a deactivation',
    async (body) => {
      const { id } = await fixture.app.project();
      expect(await refused(patch(id, body))).toMatchObject({
        status: 400,
        code: 'validation_failed',
        fields: ['revoke_tokens'],
      });
    },
  );

  it('refuses a change of nothing', async () => {
    const { id } = await fixture.app.project();
    expect(await refused(patch(id, {}))).toMatchObject({ status: 400, code: 'no_fields' });
    expect(await refused(patch(id, undefined))).toMatchObject({ status: 400, code: 'no_fields' });
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: null }, 'name'],
    [{ name: 'x'.repeat(121) }, 'name'],
    [{ api_key: null }, 'api_key'],
    [{ api_key: '' }, 'api_key'],
    [{ base_url: 'nowhere' }, 'base_url'],
    [{ base_url: 'http://169.254.169.254/' }, 'base_url'],
    [{ is_active: 'false' }, 'is_active'],
    [{ is_active: 0 }, 'is_active'],
    [{ is_active: null }, 'is_active'],
    [{ is_active: false, revoke_tokens: 'yes' }, 'revoke_tokens'],
    [{ id: randomUUID() }, 'id'],
    [{ deleted_at: null }, 'deleted_at'],
  ])('refuses %j', async (body, field) => {
    const project = await fixture.app.project();
    expect(await refused(patch(project.id, body))).toMatchObject({
      status: 400,
      code: 'validation_failed',
      fields: [field],
    });
    expect(await (await fixture.app.manage('GET', `/manage/projects/${project.id}`)).json()).toEqual(project);
  });

  it('refuses its own display form as a key: a form that is sent back changes nothing', async () => {
    const project = await fixture.app.project();
    expect(await refused(patch(project.id, { api_key: project.api_key }))).toMatchObject({
      status: 400,
      code: 'api_key_masked',
    });
  });

  it('refuses the name of another project and changes nothing then; its own name is free', async () => {
    const [one, two] = [await fixture.app.project(), await fixture.app.project()];
    expect(await refused(patch(two.id, { name: one.name, is_active: false }))).toMatchObject({
      status: 409,
      code: 'project_exists',
    });
    expect(await (await fixture.app.manage('GET', `/manage/projects/${two.id}`)).json()).toEqual(two);
    expect(await changed(two.id, { name: two.name })).toMatchObject({ name: two.name });
  });

  it('knows neither deleted projects nor unknown ids', async () => {
    const { id } = await fixture.app.project();
    await fixture.app.manage('DELETE', `/manage/projects/${id}`);
    for (const unknown of [id, randomUUID()])
      expect(await refused(patch(unknown, { name: 'x' }))).toMatchObject({ status: 404, code: 'project_not_found' });
  });
});
