import { describe, expect, it } from 'vitest';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { Traffic } from './support/traffic.js';

describe.skipIf(hasNoBrowser)('the list of requests', () => {
  const traffic = Traffic.forTests();
  const { web } = traffic;

  it('shows each with its end, times, tokens, cost and size', async () => {
    const project = await web.project('Listed');
    const { token } = await web.token(project, { name: 'nightly' });
    await traffic.chat(token);
    await traffic.call(token, '/v1/models/none');
    await traffic.kept(`project_id=${project}`, 2);
    const page = await web.open(`requests?project_id=${project}`);
    const rows = page.locator('[data-row]');
    await expect.poll(() => rows.count()).toBe(2);
    expect(await page.locator('th').allInnerTexts()).toEqual([
      'Time',
      'Status',
      'End',
      'Model',
      'Path',
      'Project and token',
      'First byte',
      'Whole',
      'Tokens',
      'Cost',
      'Size',
    ]);
    const chat = await rows.filter({ hasText: 'chat' }).innerText();
    expect(chat).toMatch(/200[^]*Answered[^]*gpt-4o-mini[^]*Listed[^]*nightly[^]*\d ms[^]* → [^]*\$0\.\d+/);
    expect(await rows.filter({ hasText: 'models' }).innerText()).toContain('404');
    const first = page.locator('[data-row] time').first();
    expect(await first.getAttribute('data-format')).toBe('ymd_hms');
    await checkPage(page, 'requests-list');
  });

  it('is filtered, all of it in the URL and kept by Back', async () => {
    const project = await web.project('Filtered');
    const { token } = await web.token(project);
    await traffic.chat(token, 'gpt-4o');
    await traffic.call(token, '/v1/models/none');
    const kept = await traffic.kept(`project_id=${project}`, 2);
    const page = await web.open(`requests?project_id=${project}`);
    const rows = page.locator('[data-row]');
    await expect.poll(() => rows.count()).toBe(2);
    await page.getByRole('button', { name: /Status/ }).click();
    await page.getByRole('option', { name: '4xx refused' }).click();
    await page.waitForURL(/status_class=4xx/);
    await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('404')]);
    await page.goBack();
    await expect.poll(() => rows.count()).toBe(2);
    await page.getByRole('button', { name: 'More filters' }).click();
    await page.getByLabel('Model', { exact: true }).fill('gpt-4o');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL(/model=gpt-4o/);
    await expect.poll(() => rows.count()).toBe(1);
    await checkPage(page, 'requests-filters');
    await page.getByRole('button', { name: 'Show all models' }).click();
    await expect.poll(() => rows.count()).toBe(2);
    const one = kept.find(({ path }) => path.includes('none'))!;
    await page.getByLabel('Search by request id').fill(one.request_id);
    await page.keyboard.press('Enter');
    await page.waitForURL(/request_id=/);
    await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining('404')]);
  });

  it('goes on to older ones by a cursor, and asks once a page', async () => {
    const project = await web.project('Many');
    const { token } = await web.token(project);
    for (let i = 0; i < 53; i += 1) await traffic.call(token);
    await traffic.kept(`project_id=${project}&page_size=200`, 53);
    const page = await web.open(`requests?project_id=${project}&live=paused`);
    const rows = page.locator('[data-row]');
    await expect.poll(() => rows.count()).toBe(50);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.getByRole('button', { name: 'Older' }).click();
    await page.waitForURL(/before=/);
    await expect.poll(() => rows.count()).toBe(3);
    expect(asked.filter((path) => path === '/manage/requests')).toHaveLength(1);
    await page.getByRole('button', { name: 'Newest' }).click();
    await expect.poll(() => rows.count()).toBe(50);
  });

  it('says what it is while it is empty, and names the filters that find nothing', async () => {
    const project = await web.project('Empty');
    const page = await web.open(`requests?project_id=${project}&end=crash&live=paused`);
    await page.getByText('No request that is kept has this project and the end “Server died”.').waitFor();
    await page.getByRole('button', { name: 'Show all requests' }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('?live=paused');
  });

  it('is cards on a phone', async () => {
    const project = await web.project('Phone');
    const { token } = await web.token(project);
    await traffic.call(token);
    await traffic.kept(`project_id=${project}`, 1);
    const page = await web.open(`requests?project_id=${project}`, { size: { width: 390, height: 844 } });
    await page.locator('li[data-row]').waitFor();
    expect(await page.locator('table').count()).toBe(0);
    await checkPage(page, 'requests-phone');
  });

  it('shows an operator the requests of its projects', async () => {
    const [mine, other] = [await web.project('Mine'), await web.project('Other')];
    for (const project of [mine, other]) await traffic.call((await web.token(project)).token);
    await traffic.kept(`project_id=${other}`, 1);
    await traffic.kept(`project_id=${mine}`, 1);
    const page = await web.open('requests', { token: await web.operator('viewer', [mine]) });
    await expect.poll(() => page.locator('[data-row]').count()).toBe(1);
    expect(await page.locator('[data-row]').innerText()).toContain('Mine');
  });
});
