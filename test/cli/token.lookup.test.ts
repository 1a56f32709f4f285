import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PROJECT, TOKEN } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';

const SECRET = 'sk-wt-AbCd0123456789abcdefghijklmnopqrstuvwXyZ';
const OTHER = '9c1d2f0e-9d54-4a53-8a39-b7a2c8f4a002';
const NOW = Date.UTC(2026, 10, 28, 12);

describe('finding and revoking tokens', () => {
  const fixture = CliFixture.forTests(({ method, url }) => {
    if (url.startsWith('/manage/tokens/revoke'))
      return { body: { revoked_count: 1, already_revoked_count: 1, not_found: [] } };
    if (method === 'DELETE') return { status: 204 };
    if (url.startsWith('/manage/tokens?')) return { body: url.includes('name=job') ? [{ ...TOKEN, name: 'job' }] : [] };
    if (url.startsWith('/manage/projects?')) return { body: [PROJECT] };
    return { body: TOKEN };
  });
  const secretFile = fixture.files.file('leaked.txt', `${SECRET}\n`);
  const calls = () => fixture.api.calls.map(({ method, url, body }) => ({ method, url, body }));
  const lookUp = (token: string) => ({ method: 'POST', url: '/manage/tokens/lookup', body: { token } });
  const deleted = { method: 'DELETE', url: `/manage/tokens/${TOKEN.id}`, body: undefined };

  it('find takes a secret from a file, from standard input, or at a terminal, and never shows it', async () => {
    for (const result of [
      await fixture.manage(['token', 'find', '--secret-file', secretFile]),
      await fixture.manage(['token', 'find', '--secret-file', '-'], `${SECRET}\n`),
      await fixture.manage(['token', 'find'], `${SECRET}\n`),
      await fixture.manageTyped(['token', 'find'], { 'token (not shown)': `${SECRET}\r` }),
    ]) {
      expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining(`Id:         ${TOKEN.id}\n`) as string });
      expect(result.stdout + result.stderr).not.toContain(SECRET);
    }
    expect(calls()).toEqual(Array.from({ length: 4 }, () => lookUp(SECRET)));
  });

  it('find takes a display form, a name or an id', async () => {
    await fixture.manage(['token', 'find', 'sk-wt-AbCd…wXyZ']);
    expect(calls()[0]).toEqual(lookUp('sk-wt-AbCd…wXyZ'));
    fixture.api.calls.length = 0;
    expect((await fixture.manage(['token', 'find', 'job'])).stdout).toContain('Status:     active\n');
    expect(calls().map(({ url }) => url)).toEqual([
      '/manage/tokens?name=job&page=1&page_size=100',
      `/manage/tokens/${TOKEN.id}`,
    ]);
  });

  it('revoke takes a secret from a file, and looks it up first', async () => {
    const { code, stdout } = await fixture.manage(['token', 'revoke', '--secret-file', secretFile]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `Revoked token ${TOKEN.id}.\n` });
    expect(calls()).toEqual([lookUp(SECRET), deleted]);
  });

  it('revoke takes a display form', async () => {
    await fixture.manage(['token', 'revoke', 'sk-wt-AbCd...wXyZ']);
    expect(calls()).toEqual([lookUp('sk-wt-AbCd...wXyZ'), deleted]);
  });

  it('revoke takes several tokens and revokes them in one call', async () => {
    const { code, stdout } = await fixture.manage(['token', 'revoke', 'job', OTHER, TOKEN.id, '--wait-replicas']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'Revoked 1 tokens; already revoked: 1.\n' });
    expect(fixture.lastCall).toMatchObject({
      method: 'POST',
      url: '/manage/tokens/revoke?wait=replicas',
      body: { ids: [TOKEN.id, OTHER] },
    });
  });

  it('revoke names ids without a token, after it has revoked the others', async () => {
    fixture.api.answer({ body: { revoked_count: 1, already_revoked_count: 0, not_found: [OTHER] } });
    const { code, stderr } = await fixture.manage(['token', 'revoke', TOKEN.id, OTHER]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: `llm-proxy: there is no token with the id ${OTHER}\n` });
  });

  it('revoke revokes nothing when one of several names is unknown', async () => {
    expect(await fixture.manage(['token', 'revoke', 'job', 'nobody'])).toMatchObject({ code: 1 });
    expect(fixture.api.calls.every(({ method }) => method === 'GET')).toBe(true);
  });

  it.each([
    [['token', 'find', SECRET]],
    [['token', 'get', SECRET]],
    [['token', 'revoke', SECRET]],
    [['token', 'revoke', 'job', SECRET]],
    [['token', 'list', '--search', SECRET]],
    [['token', 'list', '--owner', SECRET]],
  ])('a secret among the arguments is neither sent nor repeated: %#', async (argv) => {
    const { code, stderr } = await fixture.manage(argv);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('must not be a secret') as string });
    expect(stderr).not.toContain(SECRET);
    expect(fixture.api.calls).toEqual([]);
  });

  it.each([
    [['token', 'revoke'], "missing required argument 'tokens'"],
    [['token', 'revoke', 'job', '--secret-file', secretFile], 'exclude each other'],
    [['token', 'find', 'job', '--secret-file', secretFile], 'exclude each other'],
    [['token', 'list', '--status', 'gone'], '--status must be revoked'],
    [['token', 'list', '--status', 'active', '--active-only'], 'exclude each other'],
    [['token', 'list', '--sort', 'owner'], '--sort must be created_at'],
    [['token', 'list', '--expires-before', 'soon'], '--expires-before must be a duration'],
    [['token', 'list', '--unused-since', '99999999d'], '--unused-since must be a shorter duration'],
    [['token', 'list', '--label', ''], '--label must not be empty'],
  ])('is refused: %j', async (argv, message) => {
    const { code, stderr } = await fixture.manage(argv);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) as string });
    expect(fixture.api.calls).toEqual([]);
  });

  describe('lists', () => {
    beforeEach(() => {
      vi.spyOn(Date, 'now').mockReturnValue(NOW);
    });
    afterEach(() => {
      vi.restoreAllMocks();
    });

    const asked = async (...flags: string[]) => {
      expect(await fixture.manage(['token', 'list', ...flags, '--page', '1'])).toMatchObject({ code: 0, stderr: '' });
      return [...new URL(fixture.lastCall.url, 'http://localhost').searchParams].slice(0, -2);
    };

    it('have filters and an order', async () => {
      const flags = ['--status', 'withering, active', '--project', PROJECT.name, '--search', 'night', '--owner', 'ops'];
      expect(await asked(...flags, '--label', 'team=web', '--label', 'stage', '--sort', '-expires_at')).toEqual([
        ['projectId', PROJECT.id],
        ['status', 'withering,active'],
        ['search', 'night'],
        ['owner', 'ops'],
        ['label', 'team=web'],
        ['label', 'stage'],
        ['sort', '-expires_at'],
      ]);
    });

    it('take times as durations from now', async () => {
      expect(await asked('--expires-before', '7d', '--unused-since', '30d')).toEqual([
        ['unused_since', '2026-10-29T12:00:00.000Z'],
        ['expires_before', '2026-12-05T12:00:00.000Z'],
      ]);
      expect(await asked('--expires-before', '2027-01-31T12:00:00+01:00')).toEqual([
        ['expires_before', '2027-01-31T12:00:00+01:00'],
      ]);
    });
  });
});
