import { afterEach, describe, expect, it, vi } from 'vitest';
import { AuditTrail } from '../../src/changes/audit.trail.js';
import { errors } from '../../src/common/errors/errors.js';
import { MANAGEMENT_TOKEN, until } from '../support/app.js';
import { auditRows } from '../support/audit.rows.js';
import { ProxyFixture } from '../support/proxy.fixture.js';

describe('a management body', () => {
  const fixture = ProxyFixture.forTests();
  afterEach(() => vi.restoreAllMocks());

  const begun = async (token: string, method = 'POST') => {
    const client = await fixture.connect();
    await client.write(
      `${method} /manage/projects HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    );
    return client;
  };

  const rowsOf = async (code: string) => (await auditRows(fixture.app)).filter(({ reason }) => reason === code);

  it('RX-02 that does not arrive in ten seconds is refused, and nothing waits for it', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const client = await begun(MANAGEMENT_TOKEN);
    const deadline = () => timers.mock.calls.find(([, ms]) => ms === 10_000)?.[0];
    await until('the deadline to be set', () => deadline() !== undefined);
    (deadline() as () => void)();
    const response = await client.response();
    expect(response.status).toBe(408);
    expect(response.json()).toMatchObject({ code: 'request_timeout' });
    expect(await rowsOf('request_timeout')).toEqual([
      expect.objectContaining({ action: 'project.create', outcome: 'failure', actor: 'management_api' }),
    ]);
    client.destroy();
  });

  it('that breaks has its row before the answer, once, and none where nothing would change', async () => {
    const rows = (await rowsOf('body_truncated')).length;
    const client = await begun(MANAGEMENT_TOKEN);
    client.end();
    const response = await client.response();
    expect([response.status, response.json()]).toMatchObject([400, { code: 'body_truncated' }]);
    expect(await rowsOf('body_truncated')).toHaveLength(rows + 1);
    const get = await begun(MANAGEMENT_TOKEN, 'GET');
    get.end();
    await get.response();
    expect(await rowsOf('body_truncated')).toHaveLength(rows + 1);
  });

  it('that breaks while the log cannot be written is answered 503', async () => {
    const client = await begun(MANAGEMENT_TOKEN);
    const failing = vi.spyOn(fixture.app.running.app.get(AuditTrail, { strict: false }), 'write');
    failing.mockRejectedValue(errors.auditUnavailable(new Error('full')));
    client.end();
    const response = await client.response();
    expect([response.status, response.json()]).toMatchObject([503, { code: 'audit_unavailable' }]);
  });

  it('AD-01 of a request without a valid credential is not waited for at all', async () => {
    const client = await begun('unknown');
    expect((await client.response()).status).toBe(401);
    client.destroy();
  });

  it('BD-06 that nests deep is refused in one line, without a stack', async () => {
    for (const depth of [9, 5000]) {
      const body = `{"name":${'['.repeat(depth)}${']'.repeat(depth)}}`;
      const response = await fixture.call({
        target: '/manage/projects',
        headers: [['Authorization', `Bearer ${MANAGEMENT_TOKEN}`], ['Content-Type', 'application/json']], // prettier-ignore
        body,
      });
      expect([response.status, (response.json() as { code: string }).code]).toEqual([400, 'json_invalid']);
    }
    expect(fixture.app.log).not.toContain('RangeError');
  });
});
