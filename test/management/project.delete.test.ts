import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import type { ProjectAnswer } from '../support/app.js';
import { codeOf, ProxyFixture } from '../support/proxy.fixture.js';
import { refused } from '../support/refusal.js';

describe('DELETE /manage/projects/{id}', () => {
  const fixture = ProxyFixture.forTests();
  const remove = (id: string) => fixture.app.manage('DELETE', `/manage/projects/${id}`);
  const listed = async (query: string) =>
    (await (await fixture.app.manage('GET', `/manage/projects${query}`)).json()) as ProjectAnswer[];

  it('returns 204 without a body, the second time too', async () => {
    const { id } = await fixture.app.project();
    for (let i = 0; i < 2; i += 1) {
      const answer = await remove(id);
      expect([answer.status, await answer.text()]).toEqual([204, '']);
    }
    const once = (await listed('?includeDeleted=true')).find((project) => project.id === id)!;
    await remove(id);
    expect((await listed('?includeDeleted=true')).find((project) => project.id === id)).toEqual(once);
  });

  it('revokes the tokens at once', async () => {
    const token = await fixture.app.token();
    expect((await fixture.call({ headers: fixture.headers(token) })).status).toBe(200);
    await remove(token.project_id);
    const { bytesUpstream } = fixture;
    const refusal = await fixture.call({ headers: fixture.headers(token) });
    expect([refusal.status, codeOf(refusal)]).toEqual([401, 'token_inactive']);
    expect(fixture.bytesUpstream).toBe(bytesUpstream);
    expect(await fixture.app.tokenById(token.id)).toMatchObject({
      is_active: false,
      deactivated_at: expect.any(String),
    });
  });

  it('destroys the stored key', async () => {
    const { id } = await fixture.app.project();
    const stored = () =>
      fixture.app.running.app.get(DataSource).query('SELECT api_key FROM projects WHERE id = ?', [id]);
    expect(await stored()).toEqual([{ api_key: expect.stringMatching(/^enc:v2:/) }]);
    await remove(id);
    expect(await stored()).toEqual([{ api_key: null }]);
  });

  it('hides it from lists, where includeDeleted still shows it without a key', async () => {
    const project = await fixture.app.project();
    await remove(project.id);
    expect(await listed('')).not.toContainEqual(expect.objectContaining({ id: project.id }));
    const shown = (await listed('?includeDeleted=true')).find(({ id }) => id === project.id)!;
    expect(shown).toEqual({
      ...project,
      api_key: null,
      is_active: false,
      updated_at: shown['updated_at'],
      deactivated_at: shown['updated_at'],
      deleted_at: shown['updated_at'],
    });
  });

  it('frees its name', async () => {
    const project = await fixture.app.project();
    await remove(project.id);
    const next = await fixture.app.project({ name: project.name });
    expect(next.id).not.toBe(project.id);
    await remove(next.id);
    await fixture.app.project({ name: project.name });
  });

  it('closes it for new tokens and for the revocation of all', async () => {
    const { id } = await fixture.app.project();
    await remove(id);
    expect(await refused(fixture.app.manage('POST', '/manage/tokens', { project_id: id }))).toMatchObject({
      status: 404,
      code: 'project_not_found',
    });
    expect(await refused(fixture.app.manage('POST', `/manage/projects/${id}/tokens/revoke`))).toMatchObject({
      status: 404,
      code: 'project_not_found',
    });
  });

  it('knows no unknown id', async () => {
    expect(await refused(remove(randomUUID()))).toMatchObject({ status: 404, code: 'project_not_found' });
    expect(await refused(remove('1'))).toMatchObject({ status: 400, code: 'invalid_id' });
  });
});
