import { describe, expect, it } from 'vitest';
import { OPERATOR_SECRETS } from '../../src/auth/operator.secret.js';
import { PROJECT } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';
import type { CliResult } from '../support/cli.run.js';

const OPERATOR = {
  id: '5b7e9c10-2f43-4d8a-9c61-0e8d7a6b5c42',
  name: 'ana',
  token: 'sk-op-AbCd…wXyZ',
  role: 'manager',
  projects: [PROJECT.id],
  is_active: true,
  expires_at: null,
  created_at: '2026-01-31T12:00:00.000Z',
  created_by: null,
};

describe('llm-proxy manage operator', () => {
  const fixture = CliFixture.forTests({ body: OPERATOR });
  const operator = async (argv: string[], input?: string): Promise<CliResult> =>
    fixture.manage(['operator', ...argv], input);

  it('creates an operator and prints its credential once', async () => {
    const secret = OPERATOR_SECRETS.create();
    fixture.api.answer(({ method }) =>
      method === 'GET' ? { body: [PROJECT] } : { status: 201, body: { ...OPERATOR, token: secret } },
    );
    const { code, stdout } = await operator([
      'create',
      '--name',
      'ana',
      '--role',
      'manager',
      '--project',
      PROJECT.name,
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Token: +${secret}$`, 'm'));
    expect(stdout).toContain(OPERATOR_SECRETS.mask(secret));
    expect(fixture.lastCall).toMatchObject({
      method: 'POST',
      url: '/manage/operators',
      body: { name: 'ana', role: 'manager', projects: [PROJECT.id] },
    });
  });

  it('lists projects once to find all that are named', async () => {
    const other = { ...PROJECT, id: OPERATOR.id, name: 'another' };
    fixture.api.answer(({ method }) => ({ body: method === 'GET' ? [PROJECT, other] : OPERATOR }));
    const named = [PROJECT.name, other.name, PROJECT.id].flatMap((project) => ['--project', project]);
    expect((await operator(['update', OPERATOR.id, ...named])).code).toBe(0);
    expect(fixture.lastCall.body).toEqual({ projects: [PROJECT.id, other.id] });
    const lists = fixture.api.calls.filter(({ url }) => url.startsWith('/manage/projects?'));
    expect(lists).toHaveLength(1);
  });

  it.each([
    [['--name', 'a'], "required option '--role <role>' not specified"],
    [['--role', 'viewer'], "required option '--name <name>' not specified"],
    [['--name', 'a', '--role', 'owner'], '--role must be one of viewer, manager, admin'],
    [
      ['--name', 'a', '--role', 'viewer', '--expires', 'soon'],
      '--expires must be a duration such as 7d, or an RFC 3339 time',
    ],
    [['--name', 'a', '--role', 'viewer', '--expires', '200000000d'], '--expires must be a shorter duration'],
    [['--name', 'a', '--role', 'viewer', '--project', 'all', '--project', 'x'], '--project must be all alone'],
  ])('is not created with %j', async (flags, message) => {
    const { code, stderr } = await operator(['create', ...flags]);
    expect([code, stderr.includes(message)]).toEqual([2, true]);
    expect(fixture.api.calls).toEqual([]);
  });

  it.each([
    [['--name', 'grace'], { name: 'grace' }],
    [['--role', 'viewer', '--project', 'all'], { role: 'viewer', projects: null }],
    [['--project', PROJECT.id], { projects: [PROJECT.id] }],
    [['--expires', 'never'], { expires_at: null }],
    [['--expires', '2099-01-31T12:00:00Z'], { expires_at: '2099-01-31T12:00:00Z' }],
    [['--active', 'false'], { is_active: false }],
  ])('updates with %j', async (flags, body) => {
    expect((await operator(['update', OPERATOR.id, ...flags])).code).toBe(0);
    expect(fixture.lastCall).toMatchObject({ method: 'PATCH', url: `/manage/operators/${OPERATOR.id}` });
    expect(fixture.lastCall.body).toEqual(body);
    expect((await operator(['update', OPERATOR.id])).code).toBe(2);
  });

  it('takes a time from now for the expiry', async () => {
    const before = Date.now();
    await operator(['update', OPERATOR.id, '--expires', '90d']);
    const { expires_at: at } = fixture.lastCall.body as { expires_at: string };
    const ahead = Date.parse(at) - 90 * 86_400_000;
    expect([ahead >= before, ahead <= Date.now()]).toEqual([true, true]);
  });

  it('finds an operator by name', async () => {
    fixture.api.answer(({ url }) => ({ body: url.startsWith('/manage/operators?') ? [OPERATOR] : OPERATOR }));
    expect((await operator(['get', 'ana'])).stdout).toMatch(/^Role: +manager$/m);
    expect(fixture.lastCall).toMatchObject({ method: 'GET', url: `/manage/operators/${OPERATOR.id}` });
    expect(JSON.parse((await operator(['get', 'ana', '--json'])).stdout)).toEqual(OPERATOR);
    expect((await operator(['get', 'nobody'])).code).toBe(1);
  });

  it('revokes an operator', async () => {
    fixture.api.answer({ status: 204 });
    expect((await operator(['revoke', OPERATOR.id])).stdout).toBe(`Revoked operator ${OPERATOR.id}.\n`);
    expect(fixture.lastCall).toMatchObject({ method: 'DELETE', url: `/manage/operators/${OPERATOR.id}` });
  });

  it('lists operators as a table and as JSON', async () => {
    const other = { ...OPERATOR, name: 'root\u001b[31m', role: 'admin', projects: null, is_active: false };
    fixture.api.answer({ body: [OPERATOR, other] });
    const lines = (await operator(['list'])).stdout.split('\n');
    expect(lines[0]).toMatch(/^ID +NAME +ROLE +PROJECTS +TOKEN +ACTIVE +EXPIRES +LAST USED$/);
    expect(lines[1]).toMatch(/ana +manager +3d2f8a54\S+ +sk-op-AbCd…wXyZ +yes +never/);
    expect(lines[2]).toMatch(/root\?\[31m +admin +all +sk-op-AbCd…wXyZ +no +never/);
    expect(JSON.parse((await operator(['list', '--json'])).stdout)).toHaveLength(2);
    fixture.api.answer({ body: [] });
    expect((await operator(['list'])).stdout).toBe('There are no operators.\n');
  });

  it('whoami shows the holder of the credential, which may be that of an operator', async () => {
    const secret = OPERATOR_SECRETS.create();
    fixture.api.answer({ body: { kind: 'operator', id: OPERATOR.id, name: 'ana', role: 'viewer', projects: null } });
    const mine = await fixture.manage(['whoami', '--management-token-file', '-'], `${secret}\n`);
    expect(mine.stdout).toMatch(/^Holder: +ana$[^]*^Role: +viewer$[^]*^Projects: +all$/m);
    expect(fixture.lastCall).toMatchObject({ url: '/manage/whoami', authorization: `Bearer ${secret}` });
    fixture.api.answer({ body: { kind: 'root', role: 'admin', projects: null } });
    expect((await fixture.manage(['whoami'])).stdout).toMatch(/^Holder: +the management token$/m);
  });
});
