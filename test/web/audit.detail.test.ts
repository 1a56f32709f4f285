import { describe, expect, it } from 'vitest';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { WebSuite } from './support/web.suite.js';

interface Row {
  id: string;
  seq: number;
  hash: string;
  request_id: string;
}

describe.skipIf(hasNoBrowser)('an audit event', () => {
  const web = WebSuite.forTests();

  const rowOf = async (query: string): Promise<Row> =>
    (await web.get<{ events: Row[] }>(`/manage/audit?${query}`)).events[0]!;

  it('is opened from the list, and shows all that the row has', async () => {
    const project = await web.project('Detail');
    await web.server.manage('PATCH', `/manage/projects/${project}`, { note: 'changed', max_concurrent: 3 });
    const row = await rowOf(`project_id=${project}&action=project.update`);
    const page = await web.open(`audit?project_id=${project}`);
    await page.getByRole('link', { name: `Details of event ${row.seq}` }).click();
    await page.locator('h1', { hasText: 'Audit Event Details' }).waitFor();
    await page.getByText(`Event #${row.seq}`).waitFor();
    expect(await page.locator('h2').allInnerTexts()).toEqual([
      'Basic Information',
      'Network',
      'What changed',
      'Identifiers',
      'Place in the chain',
    ]);
    const labels = await page.locator('dt').allInnerTexts();
    expect(labels).toEqual(
      expect.arrayContaining(['Timestamp:', 'Action:', 'Actor:', 'Outcome:', 'IP Address:', 'User Agent:', 'Event ID']),
    );
    expect(await page.locator('dd code', { hasText: '127.0.0.1' }).count()).toBe(1);
    const changes = await page.locator('[data-row]').allInnerTexts();
    expect(changes.map((line) => line.split('\t'))).toEqual(
      expect.arrayContaining([
        ['note', '–', 'changed'],
        ['max_concurrent', '–', '3'],
      ]),
    );
    const text = await page.locator('main').innerText();
    for (const part of [row.id, row.hash, row.request_id, project]) expect(text).toContain(part);
    await checkPage(page, 'audit-detail');
    await page.getByRole('link', { name: 'Back to List' }).click();
    await page.waitForURL(new RegExp(`/audit\\?project_id=${project}$`));
  });

  it('of a revocation of all tokens has the project and what it did', async () => {
    const project = await web.project('Bulk');
    for (let i = 0; i < 3; i += 1) await web.token(project);
    await web.server.manage('POST', `/manage/projects/${project}/tokens/revoke`);
    const { id } = await rowOf(`project_id=${project}&action=project.revoke_tokens`);
    const page = await web.open(`audit/${id}`);
    await page.getByRole('heading', { name: 'Additional Details' }).waitFor();
    const text = await page.locator('main').innerText();
    expect(text).toContain(project);
    expect(text).toMatch(/revoked_count\s+3/);
  });

  it('of a revoked token is reached from the history of the token', async () => {
    const project = await web.project('Traced');
    const { id } = await web.token(project, { name: 'leaked' });
    const page = await web.open(`tokens/${id}`);
    await page.getByRole('button', { name: 'Revoke Token' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke token' }).click();
    const link = page.getByRole('link', { name: /token\.(revoke|update)/ });
    await link.first().waitFor();
    await link.first().click();
    await page.locator('h1', { hasText: 'Audit Event Details' }).waitFor();
    expect(await page.locator('main').innerText()).toContain(id);
    expect(await page.locator('dd .badge').innerText()).toBe('Success');
  });

  it('that was refused says why', async () => {
    const project = await web.project('Denied');
    const headers = { authorization: `Bearer ${await web.operator('viewer', [project])}` };
    await fetch(`${web.server.origin}/manage/projects/${project}`, { method: 'DELETE', headers });
    const { id } = await rowOf('outcome=denied');
    const page = await web.open(`audit/${id}`);
    await page.getByRole('heading', { name: 'Error' }).waitFor();
    expect(await page.locator('dd .badge').innerText()).toBe('Denied');
  });

  it('that is not there is said so', async () => {
    web.browser.allow(/404/);
    const page = await web.open('audit/3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f10');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('audit_event_not_found');
  });
});
