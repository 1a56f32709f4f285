import { describe, expect, it } from 'vitest';
import { PROJECT, TOKEN } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';

const OTHER = { ...PROJECT, id: '7a2d8a54-0000-4b1a-9a35-3f2f6f6f1f10', name: 'my-project' };
const TWIN = { ...TOKEN, id: '9c1d2f0e-9d54-4a53-8a39-b7a2c8f4a002' };
const NAMED = { ...TOKEN, id: '8c1d2f0e-0000-4a53-8a39-b7a2c8f4a003', name: 'web' };

describe('names in place of ids', () => {
  const fixture = CliFixture.forTests(({ method, url }) => {
    if (method !== 'GET') return { body: url.includes('tokens') ? TOKEN : PROJECT };
    if (url.startsWith('/manage/projects?')) return { body: [PROJECT, OTHER] };
    if (url.startsWith('/manage/tokens?')) return { body: [TOKEN, TWIN, NAMED] };
    return { body: url.includes('/tokens/') ? TOKEN : PROJECT };
  });

  it.each([
    [['project', 'get', 'Search team'], `/manage/projects/${PROJECT.id}`],
    [['project', 'get', ' my-project '], `/manage/projects/${OTHER.id}`],
    [['project', 'get', '7a2d8a54'], `/manage/projects/${OTHER.id}`],
    [['project', 'get', '7A2D8A54-0000'], `/manage/projects/${OTHER.id}`],
    [['project', 'update', 'my-project', '--name', 'x'], `/manage/projects/${OTHER.id}`],
    [['project', 'activate', 'my-project'], `/manage/projects/${OTHER.id}`],
    [['project', 'deactivate', 'my-project'], `/manage/projects/${OTHER.id}`],
    [['project', 'delete', 'my-project', '--yes'], `/manage/projects/${OTHER.id}`],
    [['token', 'get', 'web'], `/manage/tokens/${NAMED.id}`],
    [['token', 'update', 'web', '--name', 'x'], `/manage/tokens/${NAMED.id}`],
    [['token', 'revoke', 'web'], `/manage/tokens/${NAMED.id}`],
    [['token', 'revoke', '9c1d2f0e'], `/manage/tokens/${TWIN.id}`],
    [['token', 'revoke-all', '--project', 'my-project', '--yes'], `/manage/projects/${OTHER.id}/tokens/revoke`],
  ])('are found: %j', async (argv, path) => {
    expect(await fixture.manage(argv)).toMatchObject({ code: 0, stderr: '' });
    expect(fixture.lastCall.url).toBe(path);
  });

  it.each(['--project', '--project-id'])('are taken by %s', async (flag) => {
    await fixture.manage(['token', 'generate', flag, 'my-project']);
    expect(fixture.lastCall.body).toEqual({ project_id: OTHER.id });
    await fixture.manage(['token', 'list', `${flag}=my-project`]);
    expect(fixture.lastCall.url).toContain(`projectId=${OTHER.id}`);
  });

  it('cost no call for an id', async () => {
    await fixture.manage(['token', 'revoke', TOKEN.id]);
    expect(fixture.api.calls).toHaveLength(1);
  });

  it('that several tokens have are refused with their ids, and nothing is changed', async () => {
    const { code, stderr } = await fixture.manage(['token', 'revoke', 'nightly job']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `llm-proxy: 2 tokens match this name: use one of their ids (${TOKEN.id}, ${TWIN.id})\n`,
    });
    expect(fixture.api.calls.map(({ method }) => method)).toEqual(['GET']);
  });

  it('that several ids begin with are refused', async () => {
    const { code, stderr } = await fixture.manage(['token', 'get', '8c1d2f0e', '--json']);
    expect({ code, error: JSON.parse(stderr) as unknown }).toEqual({
      code: 2,
      error: { error: expect.stringContaining(NAMED.id) as string, code: 'ambiguous_name' },
    });
  });

  it.each([
    [['project', 'get', 'My-project'], 'there is no project with this id or name (Did you mean my-project?)'],
    [['project', 'get', '..'], 'there is no project with this id or name: '],
    [['project', 'get', '7a2d8a5'], 'there is no project with this id or name: '],
    [['token', 'get', 'nothing'], 'there is no token with this id or name: '],
  ])('that are unknown: %j', async (argv, sentence) => {
    const { code, stderr } = await fixture.manage(argv);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(sentence) as string });
    expect(stderr).not.toContain(`'${argv.at(-1)!}'`);
  });

  it('are not sent to a path by a server that invents ids', async () => {
    fixture.api.answer({ body: [{ ...PROJECT, id: '../tokens' }] });
    expect(await fixture.manage(['project', 'get', PROJECT.name])).toMatchObject({ code: 1 });
    expect(fixture.api.calls).toHaveLength(1);
  });
});
