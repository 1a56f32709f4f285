import { describe, expect, it } from 'vitest';
import { House } from '../support/house.js';

describe('objects at the upstream', () => {
  const house = House.forTests();

  it('AU-17 belong to the upstream key: projects with one key share them, projects with two are told apart upstream', async () => {
    const keys: (string | undefined)[] = [];
    for (const api_key of ['sk-shared', 'sk-shared', 'sk-other']) {
      const token = await house.app.token({ project_id: (await house.app.project({ api_key })).id });
      await house.call({ method: 'GET', target: '/v1/files/file-of-the-first', headers: house.headers(token) });
      keys.push((await house.upstream.nextRequest()).header('authorization'));
    }
    expect(keys).toEqual(['Bearer sk-shared', 'Bearer sk-shared', 'Bearer sk-other']);
  });
});
