import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OverviewView } from '../../src/reporting/overview/overview.dto.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { until } from '../support/until.js';
import { answer } from '../support/upstream.scenarios.js';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { WebSuite } from './support/web.suite.js';

describe.skipIf(hasNoBrowser)('the Dashboard', () => {
  let upstream: RecordingUpstream;
  let search = '';
  let chat = '';
  beforeAll(async () => void (upstream = await RecordingUpstream.start()));
  afterAll(() => upstream.close());
  const web = WebSuite.forTests(() => ({ OPENAI_API_URL: upstream.baseUrl }));

  const call = async (token: string): Promise<void> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${web.server.origin}/v1/chat/completions`, {
      method: 'POST',
      headers,
      body: '{"model":"gpt-4.1"}',
    });
    await response.arrayBuffer();
  };

  beforeAll(async () => {
    search = await web.project('Search');
    chat = await web.project('Chat');
    const nightly = await web.token(search, { name: 'nightly', max_requests: 5 });
    await web.token(chat, { name: 'open' });
    const revoked = await web.token(search, { name: 'revoked' });
    await web.server.manage('DELETE', `/manage/tokens/${revoked.id}`);
    upstream.reply(answer({ status: 200, headers: [['content-type', 'application/json']], body: '{"ok":true}' }));
    const once = await web.token(search, { name: 'once', max_requests: 1 });
    for (const token of [nightly, nightly, nightly, nightly, once, once]) await call(token.token);
    await call('sk-wt-none');
    await until(
      'seven requests',
      async () => (await web.get<OverviewView>('/manage/overview')).requests_24h === 7,
      20_000,
    );
  });

  const figureOf = (page: Page, label: string): Locator =>
    page.getByRole('main').locator('a', { has: page.getByText(label, { exact: true }) });
  const figure = (page: Page, label: string): Promise<string> => figureOf(page, label).innerText();

  it('has four figures, how requests ended, what the proxy adds, and what withers', async () => {
    const page = await web.open('');
    await page.getByText('The last 24 hours.', { exact: true }).waitFor();
    expect(await figure(page, 'Requests')).toMatch(/^Requests\s+7\s+none the day before$/);
    expect(await figure(page, 'Cost')).toMatch(/^Cost\s+\$0\.00/);
    expect(await figure(page, 'Active tokens')).toMatch(/\s2\s+of 4, 1 withering, 0 expired$/);
    expect(await figure(page, 'Projects')).toMatch(/\s2\s+of 2 can be used$/);
    const failed = page.locator('section', { hasText: 'What the proxy adds' });
    expect(await failed.locator('li').allInnerTexts()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Over a limit\s+1$/), expect.stringMatching(/^Not allowed\s+1$/)]),
    );
    await failed.getByText(/\d\.\d\d ms$/).waitFor();
    const chart = page.getByRole('application', { name: /Requests by hour and end/ });
    await chart.focus();
    await chart.press('End');
    await page.getByText(/: 7 requests/).waitFor({ state: 'attached' });
    await page.getByText(/^LLM Proxy \d/).waitFor();
    const withering = page.locator('section', { hasText: 'Withering soon' });
    expect(await withering.locator('li').allInnerTexts()).toEqual([expect.stringMatching(/^nightly\s+Search\s/)]);
    await withering.getByRole('link', { name: 'All 1' }).waitFor();
    await checkPage(page, 'dashboard-figures');
    await page.setViewportSize({ width: 390, height: 844 });
    await until('a narrow chart', async () => ((await chart.boundingBox())?.width ?? 999) < 390);
    await page.screenshot({ path: 'test-output/dashboard-phone.png', fullPage: true });
  });

  it.each([
    ['Requests', '/admin/requests'],
    ['Cost', '/admin/usage'],
    ['Active tokens', '/admin/tokens'],
    ['Projects', '/admin/projects'],
  ])('leads from %s to the list behind it', async (label, path) => {
    const page = await web.open('');
    await figureOf(page, label).click();
    await page.waitForURL(`**${path}`);
    expect(await page.locator('h1').count()).toBe(1);
  });

  it('leads from a failure to its requests', async () => {
    const page = await web.open('');
    await page.getByRole('link', { name: 'Over a limit', exact: true }).click();
    await page.waitForURL('**/admin/requests?end=limit');
    await expect.poll(() => page.locator('h1').innerText()).toBe('Requests');
  });

  it('shows a manager its own projects, and a viewer nothing to create', async () => {
    const manager = await web.open('', { token: await web.operator('manager', [chat]) });
    await manager.getByText('The last 24 hours.', { exact: true }).waitFor();
    expect(await figure(manager, 'Projects')).toMatch(/\s1\s+of 1 can be used$/);
    expect(await figure(manager, 'Requests')).toMatch(/^Requests\s+0\s/);
    expect(await manager.getByRole('link', { name: 'New project' }).count()).toBe(0);
    expect(await manager.getByRole('link', { name: 'New token' }).count()).toBe(1);
    const viewer = await web.open('', { token: await web.operator('viewer', [search]) });
    await viewer.getByText('The last 24 hours.', { exact: true }).waitFor();
    expect(await figure(viewer, 'Requests')).toMatch(/^Requests\s+6\s/);
    expect(await viewer.getByRole('link', { name: /^New / }).count()).toBe(0);
  });

  it('asks again after half a minute, and not before', async () => {
    const page = await web.open('');
    await page.getByText('The last 24 hours.', { exact: true }).waitFor();
    await page.clock.install();
    await page.reload();
    await page.getByText('The last 24 hours.', { exact: true }).waitFor();
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/manage/overview')) asked.push(request.url());
    });
    await page.clock.runFor(28_000);
    expect(asked).toEqual([]);
    await Promise.all([page.waitForRequest(/\/manage\/overview/), page.clock.runFor(3000)]);
    expect(asked).toHaveLength(1);
  });
});

describe.skipIf(hasNoBrowser)('the Dashboard without events and metrics', () => {
  const web = WebSuite.forTests(() => ({ OBSERVABILITY_ENABLED: 'false', ENABLE_METRICS: 'false' }));

  it('says what is not known', async () => {
    await web.project('Search');
    const page = await web.open('');
    await page.getByText('Requests are not known: events are off').waitFor();
    await page.getByText('Nothing is measured yet').waitFor();
    await page.getByText('events off').waitFor();
    await checkPage(page, 'dashboard-no-events');
  });
});
