import { describe, expect, it } from 'vitest';
import { PROJECT, TOKEN } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';

describe('other words for a command', () => {
  const fixture = CliFixture.forTests(({ url }) => ({
    body: url.includes('?') ? [] : url.includes('tokens') ? TOKEN : PROJECT,
  }));

  it.each([
    ['project ls', 'GET /manage/projects?page=1&page_size=500'],
    [`project show ${PROJECT.id}`, `GET /manage/projects/${PROJECT.id}`],
    [`project rm ${PROJECT.id} --yes`, `DELETE /manage/projects/${PROJECT.id}`],
    [`token create --project ${PROJECT.id}`, 'POST /manage/tokens'],
    ['token ls', 'GET /manage/tokens?page=1&page_size=500'],
    [`token show ${TOKEN.id}`, `GET /manage/tokens/${TOKEN.id}`],
    [`token rm ${TOKEN.id}`, `DELETE /manage/tokens/${TOKEN.id}`],
    [`token delete ${TOKEN.id} --yes`, `DELETE /manage/tokens/${TOKEN.id}`],
  ])('%s', async (words, call) => {
    expect((await fixture.manage(words.split(' '))).code).toBe(0);
    expect(`${fixture.lastCall.method} ${fixture.lastCall.url}`).toBe(call);
  });
});
