import { describe, expect, it } from 'vitest';
import { PROJECT, TOKEN } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';

const DESCRIBED = { labels: { team: 'search', env: 'prod' }, owner: 'ada@example.com', note: 'one' };
const FLAGS = ['--label', 'team=search', '--label', 'env=prod', '--owner', 'ada@example.com', '--note', 'one'];

describe.each([
  ['project', PROJECT, ['create', '--name', 'new', '--openai-key-file', '-']],
  ['token', TOKEN, ['generate', '--project-id', PROJECT.id]],
] as const)('labels, owner and note of a %s on the command line', (kind, entry, creation) => {
  const fixture = CliFixture.forTests({ body: { ...entry, ...DESCRIBED } });
  const run = async (...argv: string[]) => fixture.manage([kind, ...argv], 'sk-proj-key\n');
  const path = `/manage/${kind}s/${entry.id}`;

  it('are given to a new one', async () => {
    expect(await run(...creation, ...FLAGS)).toMatchObject({ code: 0 });
    expect(fixture.lastCall).toMatchObject({ method: 'POST', body: DESCRIBED });
  });

  it('are not said when no option does', async () => {
    await run(...creation);
    expect(Object.keys(fixture.lastCall.body as object)).not.toContain('labels');
  });

  it.each([
    [['--label', 'team=web'], { labels: { team: 'web', env: 'prod' } }],
    [['--label', 'a=b=c', '--label', 'empty='], { labels: { ...DESCRIBED.labels, a: 'b=c', empty: '' } }],
    [['--remove-label', 'team', '--remove-label', 'absent'], { labels: { env: 'prod' } }],
    [['--label', 'x=y', '--remove-label', 'env'], { labels: { team: 'search', x: 'y' } }],
  ])('%j changes labels and keeps the others', async (flags, body) => {
    expect(await run('update', entry.id, ...flags)).toMatchObject({ code: 0, stderr: '' });
    expect(fixture.api.calls.map(({ method, url }) => `${method} ${url}`)).toEqual([`GET ${path}`, `PATCH ${path}`]);
    expect(fixture.lastCall.body).toEqual(body);
  });

  it.each([
    [['--owner', 'Grace', '--note', 'two'], { owner: 'Grace', note: 'two' }],
    [['--owner', 'none', '--note', 'none'], { owner: null, note: null }],
  ])('%j changes owner and note with one call', async (flags, body) => {
    expect(await run('update', entry.id, ...flags)).toMatchObject({ code: 0, stderr: '' });
    expect(fixture.api.calls).toHaveLength(1);
    expect(fixture.lastCall.body).toEqual(body);
  });

  it('are shown', async () => {
    const { stdout } = await run('get', entry.id);
    expect(stdout).toMatch(/^Labels: +team=search, env=prod$/m);
    expect(stdout).toMatch(/^Owner: +ada@example\.com$/m);
    expect(stdout).toMatch(/^Note: +one$/m);
  });

  it.each([
    ['--label', 'team'],
    ['--label', '=a'],
    ['--owner', ' '],
    ['--remove-label', ''],
  ])('refuses %s "%s" without a call', async (...flags) => {
    expect(await run('update', entry.id, ...flags)).toMatchObject({ code: 2, stdout: '' });
    expect(fixture.api.calls).toEqual([]);
  });
});

describe('lists of projects on the command line', () => {
  const fixture = CliFixture.forTests({ body: [PROJECT] });

  it('are narrowed by labels and owner', async () => {
    await fixture.manage(['project', 'list', '--label', 'team=search', '--label', 'env', '--owner', 'ada']);
    const { searchParams } = new URL(fixture.lastCall.url, 'http://localhost');
    expect([searchParams.getAll('label'), searchParams.get('owner')]).toEqual([['team=search', 'env'], 'ada']);
  });
});

describe('defaults and maxima of a project on the command line', () => {
  const token_defaults = { max_requests: 100 };
  const token_maxima = { duration_minutes: 60, allowed_models: ['gpt-4o*', 'o3'] };
  const fixture = CliFixture.forTests({ body: { ...PROJECT, token_defaults, token_maxima } });
  const run = async (...argv: string[]) => fixture.manage(['project', ...argv], 'sk-proj-key\n');

  it('are given to a new one', async () => {
    const flags = [
      ['--token-default', 'duration=1d', '--token-default', 'max-requests=10'],
      ['--token-maximum', 'duration=30d', '--token-maximum', 'allowed-model=gpt-4o*,o3'],
      ['--token-maximum', 'max-concurrent=4', '--token-maximum', 'rate-limit-per-minute=60'],
      ['--token-maximum', 'allowed-ip=10.0.0.0/8', '--token-maximum', 'allowed-endpoint=/v1/models'],
    ].flat();
    expect(await run('create', '--name', 'new', '--openai-key-file', '-', ...flags)).toMatchObject({ code: 0 });
    expect(fixture.lastCall.body).toMatchObject({
      token_defaults: { duration_minutes: 1440, max_requests: 10 },
      token_maxima: {
        duration_minutes: 43_200,
        max_concurrent: 4,
        rate_limit_per_minute: 60,
        allowed_models: ['gpt-4o*', 'o3'],
        allowed_endpoints: ['/v1/models'],
        allowed_ips: ['10.0.0.0/8'],
      },
    });
  });

  it.each([
    [['--token-maximum', 'max-requests=5'], { token_maxima: { ...token_maxima, max_requests: 5 } }],
    [['--token-maximum', 'allowed-model=any'], { token_maxima: { duration_minutes: 60 } }],
    [['--token-default', 'max-requests=none'], { token_defaults: {} }],
    [['--token-default', 'max-requests=unlimited'], { token_defaults: {} }],
  ])('%j changes one and keeps the others', async (flags, body) => {
    expect(await run('update', PROJECT.id, ...flags)).toMatchObject({ code: 0, stderr: '' });
    expect(fixture.lastCall).toMatchObject({ method: 'PATCH', url: `/manage/projects/${PROJECT.id}` });
    expect(fixture.lastCall.body).toEqual(body);
  });

  it('are shown', async () => {
    const { stdout } = await run('get', PROJECT.id);
    expect(stdout).toMatch(/^Token defaults: +max-requests=100$/m);
    expect(stdout).toMatch(/^Token maxima: +duration=1h allowed-model=gpt-4o\*,o3$/m);
  });

  it.each([
    [90, '90m'],
    [120, '2h'],
    [43_200, '30d'],
  ])('show a lifetime of %i minutes as %s', async (duration_minutes, lifetime) => {
    fixture.api.answer({ body: { ...PROJECT, token_maxima: { duration_minutes } } });
    expect((await run('get', PROJECT.id)).stdout).toMatch(new RegExp(`^Token maxima: +duration=${lifetime}$`, 'm'));
  });

  it.each(['duration', 'name=a', 'constructor=1', 'duration=0', 'max-requests=x', 'max-concurrent=', 'allowed-ip='])(
    'refuses %s without a call',
    async (value) => {
      expect(await run('update', PROJECT.id, '--token-maximum', value)).toMatchObject({ code: 2, stdout: '' });
      expect(fixture.api.calls).toEqual([]);
    },
  );
});
