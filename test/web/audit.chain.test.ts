import { DatabaseSync } from 'node:sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { signInAt } from './support/sign.in.js';
import { WebSuite } from './support/web.suite.js';

interface Head {
  seq: number;
  hash: string;
}

describe.skipIf(hasNoBrowser)('the chain of the audit log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-chain-'));
  const DATABASE_PATH = join(folder, 'proxy.db');
  const web = WebSuite.forTests(() => ({ DATABASE_PATH }));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const head = (): Promise<Head> => web.get<Head>('/manage/audit/head');

  it('is verified, and its head can be copied and proven later', async () => {
    const noted = await head();
    await web.project('Chained');
    const page = await web.open('audit');
    const chain = page.getByRole('region', { name: 'State of the audit chain' });
    await chain.getByText('Not checked since this server started.').waitFor();
    await chain.getByRole('button', { name: 'Verify now' }).click();
    const { seq, hash } = await head();
    await chain.getByText(`Intact up to #${seq}`).waitFor();
    await chain.getByText(`#${seq} ${hash.slice(0, 12)}…`).waitFor();
    await checkPage(page, 'audit-chain');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await chain.getByRole('button', { name: 'Copy the head' }).click();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(`${seq}:${hash}`);
    await chain.getByText('Prove a head that was noted earlier').click();
    await chain.getByLabel('Noted head').fill(`${noted.seq}:${noted.hash}`);
    await chain.getByRole('button', { name: 'Prove it' }).click();
    await chain.getByText('The noted head is in the log').waitFor();
    await chain.getByLabel('Noted head').fill('0'.repeat(64));
    await chain.getByRole('button', { name: 'Prove it' }).click();
    await chain.getByText('The noted head is not in the log').waitFor();
  });

  it.each(['jsonl', 'csv'])('is exported as %s, cut by the filters', async (format) => {
    const project = await web.project(`Exported ${format}`);
    const page = await web.open('login', { as: 'nobody' });
    await signInAt(page);
    await page.locator('#who-am-i').waitFor();
    await page.goto(`${web.server.origin}/admin/audit?project_id=${project}`);
    const link = page.getByRole('link', { name: `Export ${format.toUpperCase()}` });
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(download.suggestedFilename()).toMatch(new RegExp(`^audit-to-\\d+\\.${format}$`));
    const answer = await fetch(`${web.server.origin}${await link.getAttribute('href')}`, {
      headers: { authorization: `Bearer ${MANAGEMENT_TOKEN}` },
    });
    const text = await answer.text();
    expect(text).toContain(project);
    expect(text.trim().split('\n')).toHaveLength(format === 'csv' ? 2 : 1);
  });

  /** Changes the row of a project as nobody may; its number. */
  const forge = (project: string): number => {
    const database = new DatabaseSync(DATABASE_PATH);
    const row = database.prepare('SELECT seq FROM audit_events WHERE project_id = ?').get(project);
    const { seq } = row as { seq: number };
    database.prepare('UPDATE audit_events SET client_ip = ? WHERE seq = ?').run('203.0.113.9', seq);
    database.close();
    return seq;
  };

  it('that is broken is said in red, with the row and why', async () => {
    const seq = forge(await web.project('Forged'));
    await web.project('After it');
    const page = await web.open('audit');
    const chain = page.getByRole('region', { name: 'State of the audit chain' });
    await chain.getByRole('button', { name: 'Verify now' }).click();
    await chain.getByText(`Broken at #${seq}: a row is not what was written`).waitFor();
    await checkPage(page, 'audit-broken');
    // The server knows it now: it is said to who comes later.
    const other = await web.open('audit');
    await other.getByText(`Broken at #${seq}`).waitFor();
  });

  it('has no head while its end is not what was written', async () => {
    web.browser.allow(/503/);
    forge(await web.project('Forged end'));
    const page = await web.open('audit');
    const chain = page.getByRole('region', { name: 'State of the audit chain' });
    await expect.poll(() => chain.getByRole('alert').innerText()).toContain('audit_broken');
  });
});
