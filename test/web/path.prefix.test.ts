import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { documented, DocumentedFront } from '../support/documented.front.js';
import { hasNoBrowser, WebBrowser } from './support/browser.js';
import { signInAt } from './support/sign.in.js';
import { WebServer } from './support/web.server.js';

const HEADING = 'The web interface below a path';
const PREFIX = '/team/llm';

describe.each(['nginx', 'haproxy'] as const)('the web interface below a path, behind %s', (name) => {
  const program = inject(name);
  describe.skipIf(hasNoBrowser || program === null)('as documented', () => {
    let server: WebServer;
    let front: DocumentedFront;
    let browser: WebBrowser;
    let token = '';
    beforeAll(async () => {
      server = await WebServer.start({ TRUSTED_PROXIES: '127.0.0.1' });
      front = await DocumentedFront.start(name, program!, server.port, documented(HEADING, name));
      browser = await WebBrowser.connect(front.url);
      const key = `sk-${'a'.repeat(40)}`;
      const { id } = await server.manage<{ id: string }>('POST', '/manage/projects', { name: 'Chat', api_key: key });
      ({ id: token } = await server.manage<{ id: string }>('POST', '/manage/tokens', {
        project_id: id,
        name: 'nightly',
      }));
    });
    afterEach(() => browser.settle());
    afterAll(async () => {
      await browser.close();
      await front.end.stop();
      await server.close();
    });

    const open = (path: string): Promise<Page> =>
      browser.open(`${PREFIX}/${path}`, { as: 'nobody', hasOwnCertificate: true });

    it('is signed in to, reloaded at a depth, changed and left', async () => {
      browser.allow(/ 401/);
      const page = await open(`admin/tokens/${token}`);
      await page.waitForURL(`**${PREFIX}/admin/login?to=*`);
      await signInAt(page);
      await page.waitForURL(`**${PREFIX}/admin/tokens/${token}`);
      await page.getByText('Token ID').waitFor();
      await page.reload();
      await page.getByText('Token ID').waitFor();
      await page.locator('#server-time').waitFor();
      const [cookie] = await page.context().cookies();
      expect(cookie).toMatchObject({ name: '__Host-llm_proxy_session', secure: true });
      await page.getByRole('button', { name: 'Revoke Token' }).click();
      await page.getByRole('button', { name: 'Revoke token', exact: true }).click();
      await page.getByText('Confirmed by 1 of 1 replica').waitFor();
      await page.getByRole('link', { name: 'Tokens', exact: true }).first().click();
      await page.waitForURL(`**${PREFIX}/admin/tokens`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(`**${PREFIX}/admin/login`);
    });

    it.each(['', 'admin'])('is where /team/llm/%s leads to', async (path) => {
      browser.allow(/ 401/);
      const page = await open(path);
      await page.waitForURL(`**${PREFIX}/admin/login`);
      expect(await page.locator('h1').innerText()).not.toBe('');
    });

    it('names this address in the examples for an app', async () => {
      browser.allow(/ 401/);
      const page = await open('admin/tokens/new');
      await signInAt(page);
      await page.getByRole('button', { name: /Choose a project/ }).click();
      await page.getByRole('option', { name: 'Chat' }).click();
      await page.getByRole('button', { name: 'Create Token' }).click();
      await page.locator('#tokenValue').waitFor();
      expect(await page.locator('pre').first().innerText()).toContain(`${front.url}${PREFIX}/v1/chat/completions`);
      await page.getByRole('button', { name: 'I have copied it' }).click();
      await page.getByRole('heading', { name: 'Token Details' }).waitFor();
    });
  });
});
