import { writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasNoBrowser, type OpenOptions, WebBrowser } from './support/browser.js';
import { BusyServer } from './support/busy.server.js';

const FOLDER = 'docs/admin';
const MOST_BYTES = 60_000;
const SIZE = { width: 1280, height: 800 };

/** `UPDATE_DOCS=1 npx vitest run --project web test/web/docs.pictures.test.ts` makes the pictures of the documentation. */
describe.skipIf(hasNoBrowser || process.env['UPDATE_DOCS'] !== '1')('the pictures of the documentation', () => {
  let busy: BusyServer;
  let browser: WebBrowser;
  beforeAll(async () => {
    busy = await BusyServer.start();
    browser = await WebBrowser.connect(busy.web.origin);
    for (let i = 0; i < 11; i += 1) await busy.call('embedding-backfill', 'gpt-4.1');
    for (const name of ['newsletter', 'reranker', 'chat-production', 'landing-pages', 'chat-staging']) {
      await busy.call(name, 'gpt-5.6-luna');
      await busy.call('chat-production', 'gpt-5.6-terra');
    }
    await busy.stream('chat-production', 'gpt-5.6-terra');
    await busy.stream('chat-production', 'gpt-5.6-luna');
    await busy.stream('newsletter', 'gpt-5.6-terra');
  });
  afterEach(() => browser.settle());
  afterAll(async () => {
    await browser.close();
    await busy.close();
  });

  /** A picture of what is in the window; how many bytes it has. */
  async function shoot(page: Page, name: string): Promise<number> {
    await page.locator('main [aria-busy=true]').waitFor({ state: 'detached' });
    const session = await page.context().newCDPSession(page);
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 70 });
    const picture = Buffer.from(data, 'base64');
    writeFileSync(`${FOLDER}/${name}.webp`, picture);
    return picture.length;
  }
  const open = (path: string, options: OpenOptions = {}) => browser.open(`/admin/${path}`, { size: SIZE, ...options });
  const chart = 'svg[role=application]';

  it('Dashboard', async () => {
    const page = await open('');
    await page.locator(chart).waitFor();
    await page.getByText('3 running now').waitFor();
    expect(await shoot(page, 'dashboard')).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('a token, dark', async () => {
    const page = await open(`tokens/${busy.tokens.get('chat-production')!.id}`, { theme: 'dark' });
    await page.locator(chart).waitFor();
    await page.getByRole('button', { name: 'End all' }).waitFor();
    expect(await shoot(page, 'token')).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('requests as they end', async () => {
    const page = await open('requests');
    await page.getByText('live', { exact: true }).waitFor();
    await page.locator('[data-row]').first().waitFor();
    await busy.call('code-review-bot', 'gpt-4.1');
    await page.locator('[data-row]').filter({ hasText: 'code-review-bot' }).first().waitFor();
    expect(await shoot(page, 'requests')).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('usage, compared', async () => {
    const page = await open('usage?compare=previous');
    await page.locator(`${chart} path[stroke-dasharray]`).waitFor({ state: 'attached' });
    expect(await shoot(page, 'usage')).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('one request', async () => {
    const path = `/manage/requests?end=ok&token_id=${busy.tokens.get('chat-production')!.id}`;
    const [request] = await busy.web.manage<{ id: string }[]>('GET', path);
    const page = await open(`requests/${request!.id}`);
    await page.getByText('Where the time went').waitFor();
    expect(await shoot(page, 'request')).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('the audit log', async () => {
    const page = await open('audit');
    await page.getByRole('button', { name: 'Verify now' }).click();
    await page.getByText('Intact').first().waitFor();
    expect(await shoot(page, 'audit')).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('a phone', async () => {
    const page = await open('tokens', { size: { width: 390, height: 844 } });
    await page.locator('li[data-row]').first().waitFor();
    expect(await shoot(page, 'phone')).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('the palette', async () => {
    const page = await open('tokens', { theme: 'dark' });
    await page.locator('[data-row]').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.insertText('chat');
    await page.getByRole('menuitem', { name: /^chat-production/ }).waitFor();
    expect(await shoot(page, 'palette')).toBeLessThanOrEqual(MOST_BYTES);
  });
});
