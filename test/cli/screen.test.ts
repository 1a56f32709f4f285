import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PROJECT, TOKEN } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';
import { displayWidth } from '../../src/cli/terminal/display.width.js';

const DAY_MS = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS + 60_000).toISOString();

const LONG = 'a project with a name that is much longer than a column 検索チーム';
const LISTED = { ...TOKEN, project_name: LONG };

describe('results on a screen', () => {
  const fixture = CliFixture.forTests(({ url }) => {
    if (url.startsWith('/manage/tokens?')) return { body: [{ ...LISTED, expires_at: inDays(3) }, LISTED] };
    if (url.startsWith('/manage/tokens'))
      return { body: { ...LISTED, expires_at: inDays(3), last_used_at: inDays(-2) } };
    return { body: [{ ...PROJECT, name: LONG, base_url: `https://example.com/${'x'.repeat(200)}` }] };
  });
  beforeEach(() => {
    vi.stubEnv('NO_COLOR', '1');
  });
  afterEach(() => vi.unstubAllEnvs());

  it.each([[40], [60], [80], [100], [200]])('fit %i columns', async (columns) => {
    for (const list of [
      ['project', 'list'],
      ['token', 'list'],
    ]) {
      const { stdout } = await fixture.manageOnScreen(list, { columns });
      for (const line of stdout.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  it('have names, short ids and relative times', async () => {
    const { stdout } = await fixture.manageOnScreen(['token', 'list'], { columns: 200 });
    const [head, line] = stdout.split('\n');
    expect(head).toMatch(/^ID +PROJECT +NAME +TOKEN +STATUS +REQUESTS +EXPIRES$/);
    expect(line).toContain(`8c1d2f0e  ${LONG}  nightly job  sk-wt-AbCd…wXyZ  active  3 of 10   in 3 days`);
  });

  it('of one token have the name of its project and both forms of a time', async () => {
    const { stdout } = await fixture.manageOnScreen(['token', 'get', TOKEN.id]);
    expect(stdout).toContain(`Project:    ${LONG}\n`);
    expect(stdout).toMatch(/^Expires at: \S+Z \(in 3 days\)$/m);
    expect(stdout).toMatch(/^Last used: +\S+Z \((?:2 days|47 h) ago\)$/m);
  });

  it.each([[['--wide'], true]])('are whole with %j', async (flags) => {
    const wide = await fixture.manageOnScreen(['token', 'list', ...flags], { columns: 40 });
    expect(wide.stdout.split('\n')[2]).toContain(`${TOKEN.id}  ${PROJECT.id}  nightly job`);
    expect(wide.stdout).toContain('2027-01-31T12:00:00.000Z');
  });

  it('are the same with --json as in a pipe', async () => {
    const argv = ['project', 'list', '--json'];
    expect((await fixture.manageOnScreen(argv)).stdout).toBe((await fixture.manage(argv)).stdout);
  });
});
