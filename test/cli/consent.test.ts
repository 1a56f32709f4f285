import { describe, expect, it } from 'vitest';
import { PROJECT } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';

const DELETE = ['project', 'delete', PROJECT.id];
const REVOKE_ALL = ['token', 'revoke-all', '--project', PROJECT.id];
const DEACTIVATE = ['project', 'deactivate', PROJECT.id, '--revoke-tokens'];

describe('a command that destroys something', () => {
  const fixture = CliFixture.forTests(({ method }) => ({ body: method === 'DELETE' ? undefined : PROJECT }));
  const changes = (): string[] => fixture.api.calls.map(({ method }) => method).filter((method) => method !== 'GET');

  it.each([[DELETE], [['project', 'rm', PROJECT.id]], [[...DELETE, '--json']], [REVOKE_ALL], [DEACTIVATE]])(
    'needs --yes without a terminal, and calls nothing: %j',
    async (argv) => {
      const { code, stdout, stderr } = await fixture.manage(argv, 'yes\n');
      expect({ code, stdout, calls: fixture.api.calls }).toEqual({ code: 2, stdout: '', calls: [] });
      expect(stderr).toContain('--yes is required');
    },
  );

  it.each([
    [DELETE, PROJECT.name],
    [REVOKE_ALL, 'yes'],
    [DEACTIVATE, 'yes'],
  ])('asks at a terminal and obeys: %j', async (argv, word) => {
    expect(await fixture.manageTyped(argv, { 'to continue': `${word}\r` })).toMatchObject({ code: 0 });
    expect(changes()).toHaveLength(1);
  });

  it.each([
    [DELETE, 'yes'],
    [DELETE, ''],
    [DELETE, PROJECT.id],
    [REVOKE_ALL, 'n'],
    [DEACTIVATE, 'y'],
  ])('does nothing after another answer: %j %j', async (argv, word) => {
    const { code, stdout, stderr } = await fixture.manageTyped(argv, { 'to continue': `${word}\r` });
    expect({ code, stdout, changes: changes() }).toEqual({ code: 1, stdout: '', changes: [] });
    expect(stderr).toContain('not confirmed: nothing was done');
  });

  it('does nothing after Ctrl-C', async () => {
    expect((await fixture.manageTyped(DELETE, { 'to continue': '\u0003' })).code).toBe(130);
    expect(changes()).toEqual([]);
  });

  it('names what it destroys', async () => {
    const { stderr } = await fixture.manageTyped(DELETE, { 'to continue': '\r' });
    expect(stderr).toContain(
      'This revokes the tokens of Search team and destroys its upstream key. It cannot be undone. Type Search team to continue: ',
    );
  });

  it.each([['--yes'], ['-y']])('does not ask with %s, and makes no further call', async (flag) => {
    expect((await fixture.manageTyped([...DELETE, flag], {})).code).toBe(0);
    expect(fixture.api.calls.map(({ method }) => method)).toEqual(['DELETE']);
  });

  it('is not: revoke, which `update --active true` undoes', async () => {
    expect((await fixture.manage(['token', 'revoke', PROJECT.id])).code).toBe(0);
    expect((await fixture.manage(['project', 'deactivate', PROJECT.id])).code).toBe(0);
  });
});
