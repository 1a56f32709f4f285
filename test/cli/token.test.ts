import { describe, expect, it } from 'vitest';
import { PROJECT, TOKEN } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';
import type { CliResult } from '../support/cli.run.js';

const SECRET = 'sk-wt-AbCd0123456789abcdefghijklmnopqrstuvwXyZ';

describe('llm-proxy manage token', () => {
  const fixture = CliFixture.forTests({ body: TOKEN });
  const token = async (...argv: string[]): Promise<CliResult> => fixture.manage(['token', ...argv]);

  it('generates a token and shows its secret once, on stdout', async () => {
    fixture.api.answer({ status: 201, body: { ...TOKEN, token: SECRET } });
    const { code, stdout, stderr } = await token(
      'generate',
      '--project-id',
      PROJECT.id,
      '--duration',
      '60',
      '--max-requests',
      '10',
      '--name',
      'x',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      [
        `Token:      ${SECRET}`,
        'Shown as:   sk-wt-AbCd…wXyZ',
        `Id:         ${TOKEN.id}`,
        'Name:       nightly job',
        'Requests:   3 of 10',
        'Per minute: 60',
        'Concurrent: unlimited',
        'Models:     any',
        'Endpoints:  any',
        'Addresses:  any',
        `Expires at: ${TOKEN.expires_at}`,
        '',
      ].join('\n'),
    );
    expect(fixture.lastCall).toMatchObject({
      method: 'POST',
      url: '/manage/tokens',
      body: { project_id: PROJECT.id, duration_minutes: 60, max_requests: 10, name: 'x' },
    });
  });

  it('generates a token with an end and without a cap, as JSON', async () => {
    fixture.api.answer({ status: 201, body: { ...TOKEN, token: SECRET } });
    const { stdout } = await token(
      'generate',
      '--project-id',
      PROJECT.id,
      '--expires-at',
      '2030-01-01T00:00:00Z',
      '--max-requests',
      '0',
      '--json',
    );
    expect(JSON.parse(stdout)).toEqual({ ...TOKEN, token: SECRET });
    expect(fixture.lastCall).toMatchObject({ body: { expires_at: '2030-01-01T00:00:00Z', max_requests: null } });
  });

  it('shows a token', async () => {
    expect((await token('get', TOKEN.id)).stdout).toMatch(
      /^Requests: +3 of 10\nPer minute: +60\nConcurrent: +unlimited$/m,
    );
    expect(fixture.lastCall).toMatchObject({ method: 'GET', url: `/manage/tokens/${TOKEN.id}` });
  });

  it.each([
    [['--max-requests', 'unlimited'], { max_requests: null }],
    [['--max-requests', '5', '--name', 'y'], { max_requests: 5, name: 'y' }],
    [['--rate-limit-per-minute', '60', '--max-concurrent', '4'], { rate_limit_per_minute: 60, max_concurrent: 4 }],
    [['--rate-limit-per-minute', 'none'], { rate_limit_per_minute: null }],
    [['--max-concurrent=none'], { max_concurrent: null }],
    [['--active', 'true'], { is_active: true }],
    [['--expires-at', '2030-01-01T00:00:00+02:00'], { expires_at: '2030-01-01T00:00:00+02:00' }],
  ])('updates with %j', async (flags, body) => {
    expect((await token('update', TOKEN.id, ...flags)).code).toBe(0);
    expect(fixture.lastCall).toMatchObject({ method: 'PATCH', url: `/manage/tokens/${TOKEN.id}` });
    expect(fixture.lastCall.body).toEqual(body);
  });

  it('revokes a token', async () => {
    fixture.api.answer({ status: 204 });
    expect((await token('revoke', TOKEN.id)).stdout).toBe(`Revoked token ${TOKEN.id}.\n`);
    expect(JSON.parse((await token('revoke', TOKEN.id, '--json')).stdout)).toEqual({ revoked: true, id: TOKEN.id });
    expect(fixture.lastCall).toMatchObject({ method: 'DELETE', url: `/manage/tokens/${TOKEN.id}` });
  });

  it('revokes all tokens of a project', async () => {
    const answer = { revoked_count: 3, already_revoked_count: 1, total_tokens: 4 };
    fixture.api.answer({ body: answer });
    expect((await token('revoke-all', '--project-id', PROJECT.id, '--yes')).stdout).toBe(
      'Revoked 3 of 4 tokens; already revoked: 1.\n',
    );
    expect(JSON.parse((await token('revoke-all', '--project-id', PROJECT.id, '--yes', '--json')).stdout)).toEqual(
      answer,
    );
    expect(fixture.lastCall).toMatchObject({
      method: 'POST',
      url: `/manage/projects/${PROJECT.id}/tokens/revoke`,
      body: undefined,
    });
  });

  it('lists tokens', async () => {
    fixture.api.answer({ body: [TOKEN, { ...TOKEN, name: undefined, max_requests: null }] });
    const { stdout } = await token('list', '--project-id', PROJECT.id, '--active-only');
    expect(stdout.split('\n')[1]).toMatch(/nightly job +sk-wt-AbCd…wXyZ +active +3 of 10 +2027/);
    expect(stdout.split('\n')[2]).toMatch(/ - +sk-wt-AbCd…wXyZ +active +3 of unlimited +2027/);
    expect(fixture.lastCall).toMatchObject({
      url: `/manage/tokens?projectId=${PROJECT.id}&activeOnly=true&page=1&page_size=500`,
    });
  });

  it('says so when there are none', async () => {
    fixture.api.answer({ body: [] });
    expect((await token('list')).stdout).toBe('There are no tokens.\n');
  });
});
