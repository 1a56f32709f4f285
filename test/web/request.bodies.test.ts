import { describe, expect, it } from 'vitest';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { signInAt } from './support/sign.in.js';
import { Traffic } from './support/traffic.js';

describe.skipIf(hasNoBrowser)('captured bodies', () => {
  const traffic = Traffic.forTests({ OBSERVABILITY_CAPTURE_BODIES: 'all' });
  const { web } = traffic;

  const made = async (name: string): Promise<{ project: string; id: string }> => {
    const project = await web.project(name);
    await traffic.chat((await web.token(project)).token);
    return { project, id: (await traffic.kept(`project_id=${project}`, 1))[0]!.id };
  };
  const readings = async (project: string): Promise<number> =>
    (await web.get<{ events: object[] }>(`/manage/audit?action=request.body.read&project_id=${project}`)).events.length;

  it('are shown as text, on purpose, and the audit log says so', async () => {
    const { project, id } = await made('Read');
    const page = await web.open(`requests/${id}`);
    await page.getByRole('heading', { name: 'Headers and bodies' }).waitFor();
    await page.getByText('application/json').first().waitFor();
    expect(await readings(project)).toBe(0);
    await page.getByRole('button', { name: 'Show body' }).first().click();
    await expect.poll(() => page.locator('pre').innerText()).toContain('"content": "Hello"');
    expect(await readings(project)).toBe(1);
    await checkPage(page, 'request-bodies');
  });

  it('are downloaded', async () => {
    const { id } = await made('Downloaded');
    const page = await web.open('login', { as: 'nobody' });
    await signInAt(page);
    await page.locator('#who-am-i').waitFor();
    await page.goto(`${web.server.origin}/admin/requests/${id}`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the body of the response' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/-response\.bin$/);
  });

  it('are for admins', async () => {
    const { project, id } = await made('Hidden');
    const token = await web.operator('manager', [project]);
    const page = await web.open(`requests/${id}`, { token });
    await page.getByRole('heading', { name: 'Identifiers' }).waitFor();
    await page.locator('#who-am-i span').first().waitFor();
    expect(await page.getByText('Headers and bodies').count()).toBe(0);
  });
});
