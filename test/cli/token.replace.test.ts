import { describe, expect, it } from 'vitest';
import { TOKEN } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';

const OLD = '3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f10';
const SECRET = 'sk-wt-AbCd0123456789abcdefghijklmnopqrstuvwXyZ';

describe('llm-proxy manage token replace', () => {
  const fixture = CliFixture.forTests({ status: 201, body: { ...TOKEN, token: SECRET, replaces: OLD } });
  const replace = async (...argv: string[]) => fixture.manage(['token', 'replace', ...argv]);

  it.each([
    [['--overlap', '1h'], { overlap_minutes: 60 }],
    [['--overlap', '0'], { overlap_minutes: 0 }],
    [['--overlap=1d', '--duration', '30d'], { overlap_minutes: 1440, duration_minutes: 43_200 }],
  ])('asks for %j, and shows the new secret', async (argv, body) => {
    const { code, stdout, stderr } = await replace(OLD, ...argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Token: +${SECRET}$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^Replaces: +${OLD}$`, 'm'));
    expect(fixture.lastCall).toMatchObject({ method: 'POST', url: `/manage/tokens/${OLD}/replace` });
    expect(fixture.lastCall.body).toEqual(body);
  });

  it('prints the response with --json', async () => {
    const { stdout } = await replace(OLD, '--overlap', '5m', '--json');
    expect(JSON.parse(stdout)).toEqual({ ...TOKEN, token: SECRET, replaces: OLD });
  });

  it.each([
    [[], '--overlap is missing'],
    [['--overlap', '31d'], '--overlap must be at most 30d'],
    [['--overlap', '30s'], '--overlap must be'],
    [['--overlap', '1h', '--duration', '0'], '--duration must be'],
  ])('refuses %j', async (argv, message) => {
    const { code, stderr } = await replace(OLD, ...argv);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(fixture.api.calls).toEqual([]);
  });

  it('shows by which token one was replaced', async () => {
    fixture.api.answer({ body: { ...TOKEN, replaced_by: OLD } });
    const { stdout } = await fixture.manage(['token', 'get', TOKEN.id]);
    expect(stdout).toMatch(new RegExp(`^Replaced by: +${OLD}$`, 'm'));
  });
});
