import { renameSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ProxyFixture } from '../support/proxy.fixture.js';

describe('a database file that is taken away under a running server', () => {
  const fixture = ProxyFixture.forTests();

  it('is not written to any more: nothing is acknowledged that the next start would not find', async () => {
    const capped = await fixture.app.token({ max_requests: 5 });
    await fixture.call({ headers: fixture.headers(capped) });
    const path = fixture.app.variables['DATABASE_PATH']!;
    renameSync(path, `${path}.away`);
    expect((await fixture.app.manage('POST', '/manage/projects', { name: 'lost', api_key: 'k' })).status).toBe(503);
    const refused = await fixture.call({ headers: fixture.headers(capped) });
    expect([refused.status, refused.header('x-proxy-error')]).toEqual([503, 'store_unavailable']);
    expect((await fetch(`${fixture.app.url}/ready`)).status).toBe(503);
    renameSync(`${path}.away`, path);
    expect((await fixture.call({ headers: fixture.headers(capped) })).status).toBe(200);
    expect((await fixture.app.tokenById(capped.id)).request_count).toBe(2);
  });
});
