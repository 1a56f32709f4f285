import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { codeOf, ProxyFixture } from '../support/proxy.fixture.js';
import { refused } from '../support/refusal.js';

describe('while another process has the write lock', () => {
  const fixture = ProxyFixture.forTests();
  let other: DatabaseSync | undefined;
  const lock = () => {
    other = new DatabaseSync(join(fixture.app.folder, 'proxy.db'));
    other.exec('BEGIN IMMEDIATE');
  };
  const unlock = () => {
    other?.close();
    other = undefined;
  };
  afterEach(() => {
    vi.restoreAllMocks();
    unlock();
  });

  const create = () => fixture.app.manage('POST', '/manage/tokens', { project_id: fixture.token.project_id });

  it('writes wait, and go on when it ends its transaction', async () => {
    const capped = await fixture.app.token({ max_requests: 5 });
    // A clock that stands still: however busy the machine is, no write has waited too long.
    vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    lock();
    const waiting = [create(), create()];
    const proxied = fixture.call({ headers: fixture.headers(capped) });
    // Writes that wait do not block the event loop, and reads do not wait with them.
    for (let i = 0; i < 5; i += 1) {
      expect((await fetch(`${fixture.app.url}/live`)).status).toBe(200);
      expect((await fixture.app.manage('GET', '/manage/projects')).status).toBe(200);
    }
    expect((await fixture.call()).status).toBe(200);
    unlock();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([201, 201]);
    expect((await proxied).status).toBe(200);
    expect(await fixture.app.tokenById(capped.id)).toMatchObject({ request_count: 1 });
  });

  it('writes are refused 503 store_unavailable within about a second, however many wait, never 401, and work again afterwards', async () => {
    const capped = await fixture.app.token({ max_requests: 50 });
    const { bytesUpstream } = fixture;
    lock();
    const startedAt = performance.now();
    const managed = Promise.all(Array.from({ length: 20 }, async () => refused(create())));
    const proxied = Promise.all([1, 2, 3, 4, 5].map(() => fixture.call({ headers: fixture.headers(capped) })));
    for (const refusal of await managed) expect(refusal).toMatchObject({ status: 503, code: 'store_unavailable' });
    for (const response of await proxied) {
      expect([response.status, codeOf(response)]).toEqual([503, 'store_unavailable']);
      expect([response.header('retry-after'), response.header('x-should-retry')]).toEqual(['1', 'true']);
    }
    // Ten times the second that one write waits. One after the other they would take twice as long.
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(fixture.bytesUpstream).toBe(bytesUpstream);
    unlock();
    expect((await create()).status).toBe(201);
    expect((await fixture.call({ headers: fixture.headers(capped) })).status).toBe(200);
    expect(await fixture.app.tokenById(capped.id)).toMatchObject({ request_count: 1 });
    expect(
      fixture.app.accessLines.some((line) => line['end'] === 'store' && line['code'] === 'store_unavailable'),
    ).toBe(true);
  });

  it('a token that the process has not seen yet is served, since a read needs no lock', async () => {
    const fresh = await fixture.app.token();
    lock();
    expect((await fixture.call({ headers: fixture.headers(fresh) })).status).toBe(200);
    // A take is a write, so that a database without writes is not ready.
    expect((await fetch(`${fixture.app.url}/ready`)).status).toBe(503);
  });

  it('counts of uncapped tokens wait and are not lost', async () => {
    const { id, token } = await fixture.app.token();
    lock();
    for (let i = 0; i < 3; i += 1)
      expect((await fixture.call({ headers: fixture.headers({ token }) })).status).toBe(200);
    unlock();
    await expect.poll(async () => (await fixture.app.tokenById(id)).request_count).toBe(3);
  });
});
