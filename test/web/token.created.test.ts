import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { WebSuite } from './support/web.suite.js';

interface Listed {
  id: string;
  name?: string;
  max_requests: number | null;
  allowed_models: string[] | null;
  expires_at: string;
  created_at: string;
}

describe.skipIf(hasNoBrowser)('a new token', () => {
  let upstream: RecordingUpstream;
  beforeAll(async () => void (upstream = await RecordingUpstream.start()));
  afterAll(() => upstream.close());
  const web = WebSuite.forTests(() => ({ OPENAI_API_URL: upstream.baseUrl }));

  const create = async (page: Page): Promise<string> => {
    await page.getByRole('button', { name: 'Create Token' }).click();
    await page.getByRole('heading', { level: 1, name: 'Token created' }).waitFor();
    return page.locator('#tokenValue').innerText();
  };

  it('is made by the form, shown once, and its first request is seen', async () => {
    const project = await web.project('Search');
    const page = await web.open(`tokens/new?project_id=${project}`);
    await checkPage(page, 'token-new');
    await page.locator('#name').fill('nightly');
    await page.getByRole('radio', { name: '7 d' }).click();
    await page.locator('#max_requests').fill('25');
    await page.getByText('Narrow it').click();
    await page.locator('#allowed_models').fill('gpt-4.1*\no3');
    const secret = await create(page);
    expect(secret).toMatch(/^sk-wt-/);
    await checkPage(page, 'token-created');
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(['curl', 'Python', 'Node', 'Go', 'Ruby', '.env']);
    const snippet = await page.locator('pre').innerText();
    expect(snippet).toContain(`${web.server.origin}/v1/`);
    expect(snippet).not.toContain(secret);
    await page.getByText('Waiting for the first request').waitFor();
    const answer = await fetch(`${web.server.origin}/v1/models`, { headers: { authorization: `Bearer ${secret}` } });
    await answer.arrayBuffer();
    expect(answer.status).toBe(200);
    await page.getByText('GET /v1/models').waitFor();
    await page.getByRole('link', { name: 'Look at it' }).waitFor();
    await page.getByRole('button', { name: 'I have copied it' }).click();
    await page.getByRole('heading', { name: 'Token Details' }).waitFor();
    expect(await page.content()).not.toContain(secret);
    await page.goBack();
    await page.locator('h1', { hasText: 'New token' }).waitFor();
    expect(await page.content()).not.toContain(secret);
    const [token] = await web.get<Listed[]>(`/manage/tokens?project_id=${project}`);
    expect(token).toMatchObject({ name: 'nightly', max_requests: 25, allowed_models: ['gpt-4.1*', 'o3'] });
    expect(Date.parse(token!.expires_at) - Date.parse(token!.created_at)).toBe(7 * 86_400_000);
  });

  it('takes a date in UTC for its end, whatever the zone of the viewer', async () => {
    const project = await web.project('Dates');
    const page = await web.open(`tokens/new?project_id=${project}`, { zone: 'Asia/Kathmandu' });
    await page.getByRole('radio', { name: 'Date' }).click();
    await page.locator('#expires_at').fill('2099-01-02T03:04');
    await create(page);
    const [token] = await web.get<Listed[]>(`/manage/tokens?project_id=${project}`);
    expect(token).toMatchObject({ expires_at: expect.stringContaining('2099-01-02T03:04:00'), max_requests: null });
  });

  it('asks once before it is left without a copy, and a reload takes it away', async () => {
    const page = await web.open(`tokens/new?project_id=${await web.project('Leaving')}`);
    const secret = await create(page);
    await page.getByRole('link', { name: 'Projects', exact: true }).click();
    await page.getByRole('alertdialog').waitFor();
    await checkPage(page, 'token-leave');
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(await page.locator('#tokenValue').innerText()).toBe(secret);
    await page.getByRole('link', { name: 'Projects', exact: true }).click();
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.locator('h1', { hasText: 'Projects' }).waitFor();
    expect(await page.content()).not.toContain(secret);
  });

  it('is in no storage, no title and no address', async () => {
    const page = await web.open(`tokens/new?project_id=${await web.project('Canary')}`);
    const secret = await create(page);
    const kept = await page.evaluate(
      'JSON.stringify([localStorage, sessionStorage, history.state, location.href, document.title, document.cookie])',
    );
    expect(kept).not.toContain(secret);
    expect(web.server.lines.join('\n')).not.toContain(secret);
  });

  it('is of an active project', async () => {
    const project = await web.project('Asleep');
    await web.server.manage('PATCH', `/manage/projects/${project}`, { is_active: false });
    const page = await web.open('tokens/new');
    await page.getByRole('button', { name: /Choose a project/ }).click();
    const option = page.getByRole('option', { name: 'Asleep (inactive)' });
    expect(await option.getAttribute('aria-disabled')).toBe('true');
  });

  it('has the defaults of its project in the fields', async () => {
    const token_defaults = { max_requests: 9, duration_minutes: 120, allowed_models: ['o3'] };
    const page = await web.open(`tokens/new?project_id=${await web.project('Defaults', { token_defaults })}`);
    await expect.poll(() => page.locator('#max_requests').inputValue()).toBe('9');
    expect(await page.locator('#allowed_models').inputValue()).toBe('o3');
    expect(await page.getByRole('radio', { name: '2 h' }).getAttribute('aria-checked')).toBe('true');
  });
});
