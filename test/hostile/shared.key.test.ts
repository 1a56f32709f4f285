import { describe, expect, it } from 'vitest';
import { ProxyFixture } from '../support/proxy.fixture.js';

describe('objects at the upstream', () => {
  const fixture = ProxyFixture.forTests();

  it('AU-17 belong to the upstream key: projects with one key share them, projects with two keys have their own', async () => {
    const keys: (string | undefined)[] = [];
    for (const api_key of ['sk-shared', 'sk-shared', 'sk-other']) {
      const token = await fixture.app.token({ project_id: (await fixture.app.project({ api_key })).id });
      await fixture.call({ method: 'GET', target: '/v1/files/file-of-the-first', headers: fixture.headers(token) });
      keys.push((await fixture.upstream.nextRequest()).header('authorization'));
    }
    expect(keys).toEqual(['Bearer sk-shared', 'Bearer sk-shared', 'Bearer sk-other']);
  });
});
