import { afterEach, describe, expect, it, vi } from 'vitest';
import { CliFixture } from '../support/cli.fixture.js';
import { cli, type CliResult } from '../support/cli.run.js';

const REPLICA = { id: 'a', name: 'proxy-1/17', is_this: true, revision: 4, revisions_behind: 0, silent_ms: 300 };
const REPORT = {
  status: 'ok',
  version: '0.1.0',
  timestamp: '2026-01-31T12:00:00.000Z',
  uptime_seconds: 7300,
  checks: { database: 'ok', redis: 'down' },
  replicas: [REPLICA, { ...REPLICA, id: 'b', name: undefined, is_this: false, revisions_behind: 2 }],
};

describe('llm-proxy status', () => {
  const fixture = CliFixture.forTests({ body: REPORT });
  const status = async (...flags: string[]): Promise<CliResult> => cli(['status', ...fixture.access, ...flags]);
  afterEach(() => vi.unstubAllEnvs());

  it('shows the health of a server and its replicas', async () => {
    const { code, stdout, stderr } = await status();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      `Server:   ${fixture.api.url}`,
      'Status:   ok',
      'Version:  0.1.0',
      'Started:  2 h ago',
      'Database: ok',
      'Redis:    down',
      'Replicas: 2',
      '',
      'REPLICA     RESPONDED  CHANGES BEHIND  LAST SEEN',
      'proxy-1/17  yes        0               0 s ago',
      'b           no         2               0 s ago',
      '',
    ]);
    expect(fixture.lastCall).toMatchObject({ method: 'GET', url: '/health', authorization: 'Bearer operator-token' });
  });

  it('prints the report itself with --json', async () => {
    expect(JSON.parse((await status('--json')).stdout)).toEqual(JSON.parse(JSON.stringify(REPORT)));
  });

  it('needs no credential', async () => {
    vi.stubEnv('MANAGEMENT_TOKEN', undefined);
    const env = fixture.files.file('none.env', '');
    expect((await cli(['status', '--env', env, '--manage-api-base-url', fixture.api.url])).code).toBe(0);
    expect(fixture.lastCall.authorization).toBeUndefined();
  });

  it.each(['unavailable', 'draining'])('ends with 1 after the report of a server that is %s', async (state) => {
    fixture.api.answer({ status: 503, body: { ...REPORT, status: state } });
    const { code, stdout, stderr } = await status();
    expect({ code, stderr }).toEqual({ code: 1, stderr: `llm-proxy: the server reports the status ${state}\n` });
    expect(stdout).toContain(`Status:   ${state}\n`);
  });

  it('ends with 1 for another server, and with 4 for none', async () => {
    fixture.api.answer({ status: 404, body: 'none' });
    expect(await status()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Is it that of llm-proxy?') as string,
    });
    expect((await cli(['status', '--env', fixture.env, '--manage-api-base-url', 'http://127.0.0.1:1'])).code).toBe(4);
  });
});
