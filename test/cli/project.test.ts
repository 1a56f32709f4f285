import { describe, expect, it } from 'vitest';
import { PROJECT } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';
import type { CliResult } from '../support/cli.run.js';

describe('llm-proxy manage project', () => {
  const fixture = CliFixture.forTests({ body: PROJECT });
  const key = fixture.files.file('key', 'sk-proj-canary-key\n');

  const project = async (argv: string[], input?: string): Promise<CliResult> =>
    fixture.manage(['project', ...argv], input);

  it('creates a project with the key of a file', async () => {
    fixture.api.answer({ status: 201, body: PROJECT });
    const { code, stdout, stderr } = await project(['create', '--name', 'Search team', '--openai-key-file', key]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Id: +3d2f8a54/m);
    expect(stdout).toMatch(/^API key: +sk-proj-…wXyZ$/m);
    expect(fixture.api.calls).toEqual([
      {
        method: 'POST',
        url: '/manage/projects',
        authorization: 'Bearer operator-token',
        body: { name: 'Search team', api_key: 'sk-proj-canary-key' },
      },
    ]);
  });

  it('creates a project with the key of a pipe, named or not', async () => {
    await project(['create', '--name', 'a', '--openai-key-file', '-'], 'sk-piped-1\n');
    await project(['create', '--name', 'a', '--base-url', 'https://eu.api.openai.com'], 'sk-piped-2');
    expect(fixture.api.calls.map((call) => call.body)).toEqual([
      { name: 'a', api_key: 'sk-piped-1' },
      { name: 'a', api_key: 'sk-piped-2', base_url: 'https://eu.api.openai.com' },
    ]);
  });

  it('takes management token and key from one pipe, a line each', async () => {
    await project(['create', '--name', 'a', '--management-token-file', '-'], 'other-operator\nsk-piped\n');
    expect(fixture.lastCall).toMatchObject({ authorization: 'Bearer other-operator', body: { api_key: 'sk-piped' } });
  });

  it('creates a project with a provider', async () => {
    await project(['create', '--name', 'a', '--openai-key-file', key, '--provider', 'azure_eu']);
    expect(fixture.lastCall.body).toEqual({ name: 'a', api_key: 'sk-proj-canary-key', provider: 'azure_eu' });
  });

  it('creates a project with limits, and shows those that there are', async () => {
    const limits = { max_concurrent: 20, max_requests_per_day: 100 };
    fixture.api.answer({ status: 201, body: { ...PROJECT, ...limits, requests_today: 12, requests_this_month: 40 } });
    const flags = ['--max-concurrent', '20', '--max-requests-per-day', '100'];
    const { stdout } = await project(['create', '--name', 'a', '--openai-key-file', key, ...flags]);
    expect(fixture.lastCall.body).toEqual({ name: 'a', api_key: 'sk-proj-canary-key', ...limits });
    expect(stdout).toMatch(/^Concurrency: +20$/m);
    expect(stdout).toMatch(/^Requests today: +12 of 100$/m);
    expect(stdout).not.toMatch(/Rate limit|This month/);
  });

  it.each([
    ['--max-requests-per-day', '0', 'must be a whole number of 1 or more'],
    ['--max-requests-per-month', 'unlimited', 'must be a whole number of 1 or more'],
    ['--max-concurrent', '1000001', 'must be a whole number from 1 to 1000000'],
    ['--rate-limit-per-minute', '-1', 'must be a whole number from 1 to 1000000'],
  ])('refuses %s %s', async (flag, value, problem) => {
    const { code, stderr } = await project(['update', PROJECT.id, flag, value]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${flag} ${problem}`)]);
    expect(fixture.api.calls).toEqual([]);
  });

  it('shows the provider of a project', async () => {
    expect((await project(['get', PROJECT.id])).stdout).toMatch(/^Provider: +-$/m);
    fixture.api.answer({ body: { ...PROJECT, provider: 'azure_eu' } });
    expect((await project(['get', PROJECT.id])).stdout).toMatch(/^Provider: +azure_eu$/m);
  });

  it('shows a project, in words and as JSON', async () => {
    expect((await project(['get', PROJECT.id])).stdout).toContain('Search team');
    expect(JSON.parse((await project(['get', PROJECT.id, '--json'])).stdout)).toEqual(PROJECT);
    expect(fixture.lastCall).toMatchObject({ method: 'GET', url: `/manage/projects/${PROJECT.id}` });
  });

  it.each([
    [['--name', 'New name'], { name: 'New name' }],
    [['--openai-key-file', key], { api_key: 'sk-proj-canary-key' }],
    [['--base-url', 'default'], { base_url: null }],
    [['--provider', 'azure_eu'], { provider: 'azure_eu' }],
    [['--provider', 'default'], { provider: null }],
    [['--active', 'false'], { is_active: false }],
    [['--rate-limit-per-minute', '600', '--max-concurrent', '20'], { rate_limit_per_minute: 600, max_concurrent: 20 }],
    [
      ['--max-requests-per-day', '9007199254740991', '--max-requests-per-month', 'none'],
      { max_requests_per_day: Number.MAX_SAFE_INTEGER, max_requests_per_month: null },
    ],
  ])('updates with %j', async (flags, body) => {
    expect((await project(['update', PROJECT.id, ...flags])).code).toBe(0);
    expect(fixture.lastCall).toMatchObject({ method: 'PATCH', url: `/manage/projects/${PROJECT.id}` });
    expect(fixture.lastCall.body).toEqual(body);
  });

  it.each([
    [['activate'], { is_active: true }],
    [['deactivate'], { is_active: false }],
    [['deactivate', '--revoke-tokens', '--yes'], { is_active: false, revoke_tokens: true }],
  ])('%j sends %j', async ([command, ...flags], body) => {
    expect((await project([command!, PROJECT.id, ...flags])).code).toBe(0);
    expect(fixture.lastCall).toMatchObject({ method: 'PATCH', body });
  });

  it('deletes a project', async () => {
    fixture.api.answer({ status: 204 });
    expect(await project(['delete', PROJECT.id, '--yes'])).toEqual({
      code: 0,
      stdout: `Deleted project ${PROJECT.id}.\n`,
      stderr: '',
    });
    expect(JSON.parse((await project(['delete', PROJECT.id, '--yes', '--json'])).stdout)).toEqual({
      deleted: true,
      id: PROJECT.id,
    });
    expect(fixture.lastCall).toMatchObject({
      method: 'DELETE',
      url: `/manage/projects/${PROJECT.id}`,
      body: undefined,
    });
  });

  it('lists projects as a table and as JSON', async () => {
    fixture.api.answer({ body: [PROJECT, { ...PROJECT, name: 'B\u001b[31m', is_active: false }] });
    const lines = (await project(['list', '--include-deleted'])).stdout.split('\n');
    expect(lines[0]).toMatch(/^ID +NAME +API KEY +ACTIVE +BASE URL +CREATED$/);
    expect(lines[1]).toMatch(/Search team +sk-proj-…wXyZ +yes/);
    expect(lines[2]).toMatch(/B\?\[31m +sk-proj-…wXyZ +no/);
    expect(fixture.lastCall).toMatchObject({ url: expect.stringContaining('includeDeleted=true') as string });
    expect(JSON.parse((await project(['list', '--json'])).stdout)).toHaveLength(2);
  });

  it('says so when there are none', async () => {
    fixture.api.answer({ body: [] });
    expect((await project(['list'])).stdout).toBe('There are no projects.\n');
    expect((await project(['list', '--json'])).stdout).toBe('[]\n');
  });
});
