import { describe, expect, it } from 'vitest';
import { PROJECT, TOKEN } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';

describe('--wait-replicas', () => {
  const fixture = CliFixture.forTests({ body: PROJECT, headers: { 'x-replicas-confirmed': '3' } });

  it.each([
    [['token', 'revoke', TOKEN.id], `/manage/tokens/${TOKEN.id}`],
    [['token', 'revoke-all', '--project-id', PROJECT.id, '--yes'], `/manage/projects/${PROJECT.id}/tokens/revoke`],
    [['project', 'update', PROJECT.id, '--name', 'x'], `/manage/projects/${PROJECT.id}`],
    [['project', 'activate', PROJECT.id], `/manage/projects/${PROJECT.id}`],
    [['project', 'deactivate', PROJECT.id], `/manage/projects/${PROJECT.id}`],
    [['project', 'delete', PROJECT.id, '--yes'], `/manage/projects/${PROJECT.id}`],
  ])('waits: %j', async (argv, path) => {
    const { code, stderr } = await fixture.manage([...argv, '--wait-replicas']);
    expect({ code, stderr, url: fixture.lastCall.url }).toEqual({
      code: 0,
      stderr: 'The change is in force on 3 replicas.\n',
      url: `${path}?wait=replicas`,
    });
    await fixture.manage(argv);
    expect(fixture.lastCall.url).toBe(path);
  });

  it('waits for the update of a token, and answers in JSON as without', async () => {
    fixture.api.answer({ body: TOKEN, headers: { 'x-replicas-confirmed': '1' } });
    const update = ['token', 'update', TOKEN.id, '--name', 'x', '--wait-replicas', '--json'];
    const { stdout, stderr } = await fixture.manage(update);
    expect([JSON.parse(stdout), stderr]).toEqual([TOKEN, 'The change is in force on 1 replica.\n']);
    expect(fixture.lastCall).toMatchObject({ url: `/manage/tokens/${TOKEN.id}?wait=replicas`, body: { name: 'x' } });
  });

  it('fails, after its answer, when some have not confirmed, and names them', async () => {
    fixture.api.answer({ status: 204, headers: { 'x-replicas-confirmed': '2', 'x-replicas-pending': 'one, two' } });
    const { code, stdout, stderr } = await fixture.manage(['token', 'revoke', TOKEN.id, '--wait-replicas']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: `Revoked token ${TOKEN.id}.\n` });
    expect(stderr).toContain('The change is made and in force on 2 replicas, but not confirmed by one, two');
  });

  it('fails when the server does not say', async () => {
    fixture.api.answer({ status: 204 });
    const { code, stderr } = await fixture.manage(['token', 'revoke', TOKEN.id, '--wait-replicas']);
    expect(code).toBe(1);
    expect(stderr).toContain('does not report where it is in force');
  });
});
