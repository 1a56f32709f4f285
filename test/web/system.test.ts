import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SystemView } from '../../src/health/system/system.dto.js';
import { SinkServer } from '../support/sink.server.js';
import { until } from '../support/until.js';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { signInAt } from './support/sign.in.js';
import { WebSuite } from './support/web.suite.js';

const SECRET = `whsec_${Buffer.from('system-page-canary-0123456789abcdef').toString('base64')}`;

describe.skipIf(hasNoBrowser)('the system', () => {
  let sink: SinkServer;
  beforeAll(async () => {
    sink = await SinkServer.start();
    sink.answer = 400;
  });
  const web = WebSuite.forTests(() => ({
    DISPATCHER_SERVICES: 'webhook',
    SINK_WEBHOOK_URL: sink.url,
    SINK_WEBHOOK_SECRET: SECRET,
    TOKEN_WARN_AT: '50,10',
  }));
  afterAll(() => sink.close());

  const dead = async (): Promise<number> =>
    (await web.get<SystemView>('/manage/system')).events?.sinks.find(({ name }) => name === 'webhook')?.dead ?? 0;

  it('is replicas, stores, events and configuration on one page', async () => {
    const page = await web.open('system');
    await page.getByRole('heading', { name: 'Replicas' }).waitFor();
    const replicas = page.getByRole('table', { name: 'Replicas' });
    expect(await replicas.locator('[data-row]').count()).toBe(1);
    await replicas.getByText('Live').waitFor();
    for (const title of ['Database', 'Redis', 'Encryption', 'Prices', 'Events and sinks', 'Sessions', 'Configuration'])
      await page.getByRole('heading', { name: title, exact: true }).waitFor();
    await page.getByText('SQLite 3.').waitFor();
    await checkPage(page, 'system');
  });

  it('has every variable, filtered by what the URL says; a secret is only set', async () => {
    const page = await web.open('system');
    const rows = page.getByRole('table', { name: 'Configuration' }).locator('[data-row]');
    await expect.poll(() => rows.count()).toBeGreaterThan(80);
    await page.getByRole('searchbox', { name: 'Filter variables' }).fill('token_warn');
    await expect.poll(() => rows.count()).toBe(1);
    expect(await rows.first().innerText()).toContain('50,10');
    await page.waitForURL('**/admin/system?filter=token_warn');
    await page.reload();
    await expect.poll(() => rows.count()).toBe(1);
    await page.getByRole('searchbox', { name: 'Filter variables' }).fill('webhook_secret');
    await expect.poll(() => rows.first().innerText()).toMatch(/SINK_WEBHOOK_SECRET\s+set\s+environment/);
    await page.getByRole('searchbox', { name: 'Filter variables' }).fill('no such variable');
    await page.getByText('No variables found').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText('Only what is set or differs').click();
    await expect.poll(() => rows.count()).toBeLessThan(20);
    await checkPage(page, 'system-settings');
    expect(await page.content()).not.toContain(SECRET);
  });

  it('shows who is signed in, and ends a session and all others', async () => {
    const signedIn = async () => {
      const page = await web.open('login', { as: 'nobody' });
      await signInAt(page);
      await page.waitForURL((url) => !url.pathname.endsWith('/login'));
      return page;
    };
    web.browser.allow(/401/);
    const [page] = [await signedIn(), await signedIn(), await signedIn(), await signedIn()];
    await page.goto(`${web.server.origin}/admin/system`);
    const rows = page.getByRole('table', { name: 'Sessions' }).locator('[data-row]');
    await expect.poll(() => rows.count()).toBe(4);
    expect(await rows.filter({ hasText: 'this one' }).innerText()).toMatch(/127\.0\.0\.1\s+Chrome on Linux/);
    await page.getByRole('heading', { name: 'Sessions' }).scrollIntoViewIfNeeded();
    await checkPage(page, 'system-sessions');
    await rows
      .first()
      .getByRole('button', { name: /^End the session/ })
      .click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'End session' }).click();
    await expect.poll(() => rows.count()).toBe(3);
    await page.getByRole('button', { name: 'End all others' }).click();
    await page.getByRole('alertdialog').getByText('2 sessions are signed out').waitFor();
    await page.getByRole('alertdialog').getByRole('button', { name: 'End sessions' }).click();
    await page.getByText('2 sessions ended').waitFor();
    await expect.poll(() => rows.count()).toBe(1);
  });

  it('has what a sink refuses for good: it is delivered again, or deleted', async () => {
    await until(
      'two dead events',
      async () => {
        await fetch(`${web.server.origin}/v1/models`);
        return (await dead()) >= 2;
      },
      20_000,
    );
    const page = await web.open('system');
    const rows = page.getByRole('table', { name: 'Dead events' }).locator('[data-row]');
    await rows.first().waitFor();
    await page.getByText('refuses').scrollIntoViewIfNeeded();
    await checkPage(page, 'system-dead');
    sink.answer = 200;
    const [id] = (await rows.first().innerText()).split(/\s/);
    await rows
      .first()
      .getByRole('button', { name: `Deliver again: ${id}` })
      .click();
    await page.getByText('1 event will be delivered again').waitFor();
    await until('its delivery', () => sink.requests.some(({ body }) => body.toString().includes(id!)));
    await page.getByRole('button', { name: 'Delete all' }).click();
    const dialog = page.getByRole('alertdialog');
    const word = dialog.getByRole('textbox');
    if ((await word.count()) > 0) await word.fill('webhook');
    await dialog.getByRole('button', { name: 'Delete events' }).click();
    await expect.poll(dead).toBe(0);
    await expect.poll(() => rows.count()).toBe(0);
  });

  it('makes an operator, whose credential is shown once, and revokes it', async () => {
    web.browser.allow(/409/);
    const project = await web.project('Of ana');
    const page = await web.open('system');
    const card = page.getByRole('button', { name: 'New operator' });
    await card.click();
    const dialog = page.locator('[role=dialog], [role=alertdialog]');
    await dialog.getByLabel('Name').fill('ana');
    await dialog.getByRole('button', { name: /Role/ }).click();
    await page.getByRole('option', { name: /^Manager/ }).click();
    await dialog.getByLabel('Of ana').check();
    await checkPage(page, 'system-operator-new');
    await dialog.getByRole('button', { name: 'Create operator' }).click();
    const secret = await dialog.locator('#operatorToken').innerText();
    expect(secret).toMatch(/^sk-op-/);
    await checkPage(page, 'system-operator-made');
    const me = await fetch(`${web.server.origin}/manage/whoami`, { headers: { authorization: `Bearer ${secret}` } });
    expect(await me.json()).toMatchObject({ role: 'manager', projects: [project] });
    await dialog.getByRole('button', { name: 'I have copied it' }).click();
    await expect.poll(() => dialog.count()).toBe(0);
    const row = page.getByRole('table', { name: 'Operators' }).locator('[data-row]').filter({ hasText: 'ana' });
    await row.getByText('Active').waitFor();
    expect(await page.content()).not.toContain(secret);
    await card.click();
    await dialog.getByLabel('Name').fill('ana');
    await dialog.getByRole('button', { name: 'Create operator' }).click();
    await dialog.getByText('operator_exists').or(dialog.getByText(/name/i)).first().waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await row.scrollIntoViewIfNeeded();
    await checkPage(page, 'system-operators');
    await row.getByRole('button', { name: 'Revoke ana' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke operator' }).click();
    await row.getByText('Revoked').waitFor();
    const again = await fetch(`${web.server.origin}/manage/whoami`, { headers: { authorization: `Bearer ${secret}` } });
    expect(again.status).toBe(401);
  });

  it('is for administrators of all projects: others see their own sessions', async () => {
    const token = await web.operator('viewer', [await web.project('Own')]);
    const page = await web.open('system', { token });
    await page.getByText('The state of the system is for administrators').waitFor();
    await page.getByText('Nobody is signed in.').waitFor();
    expect(await page.getByRole('button', { name: 'New operator' }).count()).toBe(0);
    expect(await page.getByRole('heading', { name: 'Configuration' }).count()).toBe(0);
    await checkPage(page, 'system-viewer');
  });
});
