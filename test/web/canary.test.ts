import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { hasNoBrowser } from './support/browser.js';
import { signInAt } from './support/sign.in.js';
import { WebSuite } from './support/web.suite.js';

const KEY = 'sk-proj-typed-canary-ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** All that a page holds and keeps, as text. */
const HELD = `(async () => {
  const caches = 'caches' in window ? await window.caches.keys() : [];
  return [
    document.documentElement.outerHTML,
    ...[...document.querySelectorAll('input, textarea')].map(({ value }) => value),
    JSON.stringify(localStorage), JSON.stringify(sessionStorage), JSON.stringify(history.state),
    document.cookie, document.title, location.href, caches.join(), window.name,
    performance.getEntriesByType('resource').map(({ name }) => name).join(),
  ].join();
})()`;

describe.skipIf(hasNoBrowser)('a secret', () => {
  const web = WebSuite.withUpstream();

  /** The calls that sent a text, in whatever part of them. */
  function callsWith(page: Page, text: string): string[] {
    const calls: string[] = [];
    page.on('request', (request) => {
      const sent = [request.url(), request.postData() ?? '', ...Object.values(request.headers())].join();
      if (sent.includes(text)) calls.push(`${request.method()} ${new URL(request.url()).pathname}`);
    });
    return calls;
  }

  /** Neither the page nor what its browser keeps of it has the text, nor the server's log, nor its files. */
  async function expectNowhere(page: Page, text: string): Promise<void> {
    expect(await page.evaluate<string>(HELD)).not.toContain(text);
    const { origins } = await page.context().storageState({ indexedDB: true });
    expect(JSON.stringify(origins)).not.toContain(text);
    expect(web.server.lines.join()).not.toContain(text);
    const files = readdirSync(web.server.folder, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    expect(files.filter((file) => readFileSync(file).includes(text))).toEqual([]);
  }

  it('that signs in is in one header of one call, and nowhere after it', async () => {
    web.browser.allow(/ 401/);
    const page = await web.open('login?to=/usage', { as: 'nobody' });
    const calls = callsWith(page, MANAGEMENT_TOKEN);
    await signInAt(page);
    await page.waitForURL('**/admin/usage');
    await page.locator('#who-am-i span').first().waitFor();
    expect(calls).toEqual(['POST /manage/session']);
    await expectNowhere(page, MANAGEMENT_TOKEN);
  });

  it('that an upstream gave is in one call, and nowhere after it', async () => {
    const page = await web.open('projects/new');
    const calls = callsWith(page, KEY);
    await page.locator('#name').fill('Canary');
    await page.locator('#api_key').fill(KEY);
    await page.getByRole('button', { name: 'Create Project' }).click();
    await page.locator('h1', { hasText: 'Canary' }).waitFor();
    expect(calls).toEqual(['POST /manage/projects']);
    await expectNowhere(page, KEY);
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.locator('#api_key').fill(`${KEY}2`);
    await page.getByRole('button', { name: 'Update Project' }).click();
    await page.locator('h1', { hasText: 'Canary' }).waitFor();
    expect(calls).toEqual(['POST /manage/projects', expect.stringMatching('^PATCH /manage/projects/')]);
    await expectNowhere(page, KEY);
  });

  it('of a new token is on the page that made it alone, and nowhere after it', async () => {
    const page = await web.open(`tokens/new?project_id=${await web.project('Secrets')}`);
    await page.getByRole('button', { name: 'Create Token' }).click();
    const secret = await page.locator('#tokenValue').innerText();
    const calls = callsWith(page, secret);
    await page.getByRole('button', { name: 'I have copied it' }).click();
    await page.getByRole('heading', { name: 'Token Details' }).waitFor();
    await expectNowhere(page, secret);
    await page.goBack();
    await page.locator('h1', { hasText: 'New token' }).waitFor();
    await expectNowhere(page, secret);
    expect(calls).toEqual([]);
  });
});
