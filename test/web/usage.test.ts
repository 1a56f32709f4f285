import { describe, expect, it } from 'vitest';
import { signInAt } from './support/sign.in.js';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { Traffic } from './support/traffic.js';

interface Report {
  totals: { requests: number; cost_micro_usd: number };
}

describe.skipIf(hasNoBrowser)('usage and cost', () => {
  const traffic = Traffic.forTests();
  const { web } = traffic;

  /** Two projects, one with twice as many requests as the other. */
  const used = async (name: string): Promise<{ big: string; small: string }> => {
    const [big, small] = [await web.project(`${name} big`), await web.project(`${name} small`)];
    for (const [project, count] of [
      [big, 2],
      [small, 1],
    ] as const) {
      const { token } = await web.token(project, { name: `${name} app` });
      for (let i = 0; i < count; i += 1) await traffic.chat(token);
      await expect
        .poll(async () => (await web.get<Report>(`/manage/usage?project_id=${project}`)).totals.requests)
        .toBe(count);
    }
    return { big, small };
  };

  it('shows figures, a chart and a table that agree', async () => {
    const { big } = await used('Agree');
    const page = await web.open('usage?metric=requests');
    const row = page.locator('[data-row]').filter({ hasText: 'Agree big' });
    await row.waitFor();
    expect(await page.locator('th[scope=col]').allInnerTexts()).toEqual([
      'Project',
      'Requests',
      'Failed',
      'Input',
      'Cached',
      'Output',
      'Cost',
      'Share of requests',
    ]);
    const { totals } = await web.get<Report>('/manage/usage');
    expect(await page.locator('tfoot').innerText()).toContain(`\t${totals.requests}\t`);
    expect(await page.locator('dl').first().innerText()).toContain(`Requests\n${totals.requests}`);
    expect(await row.innerText()).toMatch(/Agree big\s+2\s/);
    const svg = page.locator('svg[role=application]');
    await svg.focus();
    await page.keyboard.press('End');
    await page
      .locator('[aria-live=polite]', { hasText: new RegExp(`: ${totals.requests} requests`) })
      .waitFor({ state: 'attached' });
    await page.getByText(/the prices are of \d{4}-/).waitFor();
    await checkPage(page, 'usage');
    await row.getByRole('link', { name: 'Agree big' }).click();
    await page.waitForURL(new RegExp(`/requests\\?project_id=${big}&from=`));
    await expect.poll(() => page.locator('[data-row]').count()).toBe(2);
  });

  it('is grouped, measured and cut, all of it in the URL', async () => {
    const { big } = await used('Cut');
    const page = await web.open('usage');
    await page.getByRole('button', { name: /Group by/ }).click();
    await page.getByRole('option', { name: 'Model' }).click();
    await page.waitForURL(/group_by=model/);
    await page.locator('[data-row]').filter({ hasText: 'gpt-4o-mini' }).waitFor();
    await page.getByRole('radio', { name: 'Tokens' }).click();
    await page.waitForURL(/metric=tokens/);
    await page.getByRole('columnheader', { name: 'Share of tokens' }).waitFor();
    await page.getByRole('button', { name: /Project/ }).click();
    await page.getByRole('option', { name: 'Cut big' }).click();
    await page.waitForURL(new RegExp(`project_id=${big}`));
    await expect.poll(() => page.locator('tfoot').innerText()).toMatch(/Sum\t2\t/);
    await page.goBack();
    await expect.poll(() => new URL(page.url()).searchParams.has('project_id')).toBe(false);
  });

  it('goes by presets, by the days of a calendar, and asks once', async () => {
    await used('Ranged');
    const page = await web.open('usage');
    await page.locator('[data-row]').first().waitFor();
    expect(await page.getByRole('radio', { name: '30 d' }).getAttribute('aria-checked')).toBe('true');
    const asked: string[] = [];
    page.on('request', (request) => {
      if (new URL(request.url()).pathname === '/manage/usage') asked.push(request.url());
    });
    await page.getByRole('radio', { name: '7 d' }).click();
    await page.waitForURL(/from=\d{4}-\d\d-\d\d&/);
    await page.locator('[data-row]').first().waitFor();
    expect(asked).toHaveLength(1);
    await page.getByRole('radio', { name: 'Hours' }).click();
    await page.waitForURL(/interval=hour/);
    await expect.poll(() => page.getByRole('radio', { name: 'Hours' }).getAttribute('aria-checked')).toBe('true');
    await page.getByRole('button', { name: /\w+ \d+\s–\s.*\d{4}/ }).click();
    await page.getByRole('dialog', { name: 'Choose the period' }).waitFor();
    await page.locator('[role=grid]').waitFor();
    await page.screenshot({ path: 'test-output/usage-calendar-wide.png' });
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('to') !== null || url.searchParams.get('from') !== null);
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('has a calendar that fits the narrowest screen', async () => {
    const page = await web.open('usage', { size: { width: 320, height: 720 } });
    await page.getByRole('button', { name: /\w+ \d+\s–\s.*\d{4}/ }).click();
    await page.locator('[role=grid]').waitFor();
    await checkPage(page, 'usage-calendar');
  });

  it('says that nothing was used', async () => {
    const project = await web.project('Unused');
    const page = await web.open(`usage?project_id=${project}`);
    await page.getByText('No request in this period').waitFor();
    await checkPage(page, 'usage-empty');
  });

  it('says what the server refuses, and leads out of it', async () => {
    web.browser.allow(/400/);
    const page = await web.open('usage?from=2026-11-20&to=2026-11-10');
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Show the last 30 days' }).click();
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
  });

  it('is a CSV file of the same query', async () => {
    const { big } = await used('File');
    const page = await web.open('login', { as: 'nobody' });
    await signInAt(page);
    await page.locator('#who-am-i').waitFor();
    await page.goto(
      `${web.server.origin}/admin/usage?project_id=${big}&group_by=model&metric=requests&tz=Asia%2FTokyo`,
    );
    await page.locator('[data-row]').first().waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^usage-.*\.csv$/);
    const address = await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href');
    const { MANAGEMENT_TOKEN } = await import('../support/app.js');
    const headers = { authorization: `Bearer ${MANAGEMENT_TOKEN}` };
    const lines = (await (await fetch(`${web.server.origin}${address}`, { headers })).text()).trim().split('\r\n');
    const cells = lines.slice(1).map((line) => line.split(','));
    expect(cells.reduce((sum, cell) => sum + Number(cell[5]), 0)).toBe(2);
    expect(new Set(cells.map((cell) => cell[2]))).toEqual(new Set(['Asia/Tokyo']));
  });

  it('is fit for a phone', async () => {
    await used('Phone');
    const page = await web.open('usage', { size: { width: 390, height: 844 } });
    await page.locator('[data-row]').first().waitFor();
    await checkPage(page, 'usage-phone');
  });
});
