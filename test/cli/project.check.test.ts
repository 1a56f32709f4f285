import { describe, expect, it } from 'vitest';
import { type ApiAnswer, type ApiCall, PROJECT } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';

const ACCEPTED = { ok: true, status: 200, reason: 'The upstream accepts the key.', connect_ms: 3, first_byte_ms: 9 };
const REFUSED = { ok: false, status: 401, reason: 'The upstream refuses the key.', connect_ms: 3, first_byte_ms: 9 };
const UNREACHABLE = { ok: false, code: 'unreachable', reason: 'The upstream cannot be reached.' };
const FAILED = 'llm-proxy: the check of the upstream key failed\n';

describe('llm-proxy manage project check', () => {
  const fixture = CliFixture.forTests({ body: ACCEPTED });
  const check = async (...flags: string[]) => fixture.manage(['project', 'check', PROJECT.id, ...flags]);

  it('asks once, and prints what the upstream says of the key', async () => {
    expect(await check()).toEqual({
      code: 0,
      stdout: 'OK:     yes\nStatus: 200\nReason: The upstream accepts the key.\n',
      stderr: '',
    });
    expect(fixture.api.calls).toMatchObject([{ method: 'POST', url: `/manage/projects/${PROJECT.id}/check` }]);
  });

  it.each([
    [REFUSED, /^OK: +no\nStatus: +401\nReason: +The upstream refuses the key\.\n$/],
    [UNREACHABLE, /^OK: +no\nStatus: +-\nReason: +The upstream cannot be reached\.\n$/],
  ])('ends with 1 after %j', async (body, printed) => {
    fixture.api.answer({ body });
    const { code, stdout, stderr } = await check();
    expect({ code, stderr }).toEqual({ code: 1, stderr: FAILED });
    expect(stdout).toMatch(printed);
  });

  it('prints the response itself with --json, with the same exit codes', async () => {
    const accepted = await check('--json');
    expect([accepted.code, JSON.parse(accepted.stdout)]).toEqual([0, ACCEPTED]);
    fixture.api.answer({ body: REFUSED });
    const refused = await check('--json');
    expect([refused.code, JSON.parse(refused.stdout)]).toEqual([1, REFUSED]);
  });

  it('finds the project by its name', async () => {
    fixture.api.answer(({ method }) => ({ body: method === 'GET' ? [PROJECT] : ACCEPTED }));
    expect((await fixture.manage(['project', 'check', PROJECT.name])).code).toBe(0);
    expect(fixture.lastCall.url).toBe(`/manage/projects/${PROJECT.id}/check`);
  });

  it('passes the refusal of the server on', async () => {
    fixture.api.answer({ status: 404, body: { error: 'There is no such project.', code: 'project_not_found' } });
    expect(await check()).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('llm-proxy manage project create --check', () => {
  const fixture = CliFixture.forTests({ status: 201, body: PROJECT });
  const key = fixture.files.file('key', 'sk-proj-canary-key\n');
  const create = async (...flags: string[]) =>
    fixture.manage(['project', 'create', '--name', 'a', '--openai-key-file', key, ...flags]);
  const checked = (answer: ApiAnswer) =>
    fixture.api.answer(({ url }: ApiCall) => (url.endsWith('/check') ? answer : { status: 201, body: PROJECT }));

  it('creates first, then checks once', async () => {
    checked({ body: ACCEPTED });
    const { code, stdout, stderr } = await create('--check');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Id: +3d2f8a54[^]*\n\nOK: +yes\nStatus: +200\n/);
    expect(fixture.api.calls.map(({ url }) => url)).toEqual([
      '/manage/projects',
      `/manage/projects/${PROJECT.id}/check`,
    ]);
  });

  it.each([{ body: REFUSED }, { status: 500, body: { error: 'An internal error.', code: 'internal_error' } }])(
    'shows the project when the check gives %j, and ends with 1',
    async (answer) => {
      checked(answer);
      const { code, stdout, stderr } = await create('--check');
      expect({ code, stderr }).toEqual({ code: 1, stderr: FAILED });
      expect(stdout).toMatch(/^Id: +3d2f8a54[^]*\n\nOK: +no\n/);
    },
  );

  it('prints one JSON document', async () => {
    checked({ body: REFUSED });
    const { code, stdout } = await create('--check', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([1, { ...PROJECT, check: REFUSED }]);
  });

  it('asks nothing without --check', async () => {
    await create();
    expect(fixture.api.calls).toHaveLength(1);
  });
});

describe("the server's warning of a key", () => {
  const doubt = 'The key looks like a withering token.';
  const fixture = CliFixture.forTests({ status: 201, headers: { 'x-proxy-warning': doubt }, body: PROJECT });
  const key = fixture.files.file('key', 'sk-wt-canary-key\n');

  it.each([
    ['create', '--name', 'a', '--openai-key-file', key],
    ['create', '--name', 'a', '--openai-key-file', key, '--json'],
    ['update', PROJECT.id, '--openai-key-file', key],
  ])('is a line on stderr after %s %s %s %s %s', async (...argv) => {
    const { code, stdout, stderr } = await fixture.manage(['project', ...argv]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: `llm-proxy: warning: ${doubt}\n` });
    expect(stdout).not.toContain(doubt);
  });

  it('is not printed without the header', async () => {
    fixture.api.answer({ status: 201, body: PROJECT });
    expect((await fixture.manage(['project', 'create', '--name', 'a', '--openai-key-file', key])).stderr).toBe('');
  });
});
