import { renameSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { House } from '../support/house.js';

describe('a database file that is taken away under a running server', () => {
  const house = House.forTests();

  it('is not written to any more: nothing is acknowledged that the next start would not find', async () => {
    const capped = await house.app.token({ max_requests: 5 });
    await house.call({ headers: house.headers(capped) });
    const path = house.app.variables['DATABASE_PATH']!;
    renameSync(path, `${path}.away`);
    expect((await house.app.manage('POST', '/manage/projects', { name: 'lost', api_key: 'k' })).status).toBe(503);
    const refused = await house.call({ headers: house.headers(capped) });
    expect([refused.status, refused.header('x-proxy-error')]).toEqual([503, 'store_unavailable']);
    expect((await fetch(`${house.app.url}/ready`)).status).toBe(503);
    renameSync(`${path}.away`, path);
    expect((await house.call({ headers: house.headers(capped) })).status).toBe(200);
    expect((await house.app.tokenById(capped.id)).request_count).toBe(2);
  });
});
