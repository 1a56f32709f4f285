import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { WebSuite } from './support/web.suite.js';

describe.skipIf(hasNoBrowser)('an empty store', () => {
  let upstream: RecordingUpstream;
  beforeAll(async () => void (upstream = await RecordingUpstream.start()));
  afterAll(() => upstream.close());
  const web = WebSuite.forTests(() => ({ OPENAI_API_URL: upstream.baseUrl }));

  it('leads from a key to a first request, and to its end', async () => {
    const page = await web.open('');
    await page.getByRole('heading', { name: 'First steps' }).waitFor();
    await checkPage(page, 'first-run');
    await page.getByRole('link', { name: 'Begin with a project' }).click();
    await page.locator('#name').fill('Search');
    await page.locator('#api_key').fill(`sk-${'k'.repeat(40)}`);
    await page.getByRole('button', { name: 'Create Project' }).click();
    await page.getByRole('button', { name: 'Check the key' }).click();
    await page.getByText('Accepted', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Make its first token' }).click();
    await page.locator('#name').fill('first');
    await page.getByRole('button', { name: 'Create Token' }).click();
    const secret = await page.locator('#tokenValue').innerText();
    const call = async (): Promise<number> => {
      const answer = await fetch(`${web.server.origin}/v1/models`, { headers: { authorization: `Bearer ${secret}` } });
      await answer.arrayBuffer();
      return answer.status;
    };
    await page.getByText('Waiting for the first request').waitFor();
    expect(await call()).toBe(200);
    await page.getByText('GET /v1/models').waitFor();
    await page.getByRole('button', { name: 'I have copied it' }).click();
    await page.getByRole('button', { name: 'Revoke Token' }).click();
    await page.getByRole('button', { name: 'Revoke token', exact: true }).click();
    await page.getByText('Confirmed by 1 of 1 replica').waitFor();
    expect(await call()).toBe(401);
    await page.getByRole('link', { name: 'Dashboard' }).click();
    await page.locator('h1', { hasText: 'Dashboard' }).waitFor();
    expect(await page.getByRole('heading', { name: 'First steps' }).count()).toBe(0);
  });
});
