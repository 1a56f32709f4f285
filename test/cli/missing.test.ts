import { describe, expect, it } from 'vitest';
import { PROJECT, TOKEN } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';

const OTHER = { ...PROJECT, id: '7a2d8a54-0000-4b1a-9a35-3f2f6f6f1f10', name: 'my-project' };
const SECRET = 'sk-wt-AbCd0123456789abcdefghijklmnopqrstuvwXyZ';

describe('what a command line misses', () => {
  const fixture = CliFixture.forTests(({ method, url }) => {
    if (url.startsWith('/manage/projects?')) return { body: [PROJECT, OTHER] };
    return { body: method === 'POST' && url === '/manage/tokens' ? { ...TOKEN, token: SECRET } : OTHER };
  });

  it('is asked for at a terminal: name and key of a project', async () => {
    const { code, stdout, stderr } = await fixture.manageOnScreen(['project', 'create'], {
      answers: { 'Project name': 'my-project\r', 'OpenAI key': 'sk-typed\r' },
    });
    expect({ code, body: fixture.lastCall.body }).toEqual({
      code: 0,
      body: { name: 'my-project', api_key: 'sk-typed' },
    });
    expect(stderr).toContain('manage token create --project my-project --duration 30d');
    expect(stdout).not.toContain('Next');
  });

  it.each([['2\r'], ['my-project\r']])('is asked for at a terminal: the project of a token, %j', async (answer) => {
    const { code, stderr } = await fixture.manageOnScreen(['token', 'create'], { answers: { 'by number': answer } });
    expect({ code, body: fixture.lastCall.body }).toEqual({ code: 0, body: { project_id: OTHER.id } });
    expect(stderr).toContain('  1. Search team\n  2. my-project\n');
    expect(stderr).toContain('The token is not shown again.');
  });

  it('is asked for again after a wrong answer', async () => {
    const { code, stderr } = await fixture.manageOnScreen(['project', 'get'], {
      answers: { 'by number': '3\r', 'from 1 to 2': '1\r' },
    });
    expect(code).toBe(0);
    expect(stderr).toContain('enter a number from 1 to 2, or a name');
    expect(fixture.lastCall.url).toBe(`/manage/projects/${PROJECT.id}`);
  });

  it('cannot be chosen when there is nothing', async () => {
    fixture.api.answer({ body: [] });
    const { code, stderr } = await fixture.manageOnScreen(['token', 'create']);
    expect(code).toBe(1);
    expect(stderr).toContain('there are no projects: create one with');
  });

  it('is named without a terminal, and nothing is called', async () => {
    for (const argv of [
      ['project', 'create'],
      ['token', 'create'],
      ['token', 'revoke-all', '--yes'],
      ['project', 'rm'],
    ])
      expect((await fixture.manage(argv, 'x\n')).code).toBe(2);
    expect(fixture.api.calls).toEqual([]);
  });

  it('advice is not printed into a pipe', async () => {
    expect((await fixture.manage(['token', 'create', '--project', OTHER.id])).stderr).toBe('');
  });
});
