import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { Traffic } from './support/traffic.js';

interface Report {
  points: { at: string; values: Record<string, number> }[];
  totals: { requests: number };
}

describe.skipIf(hasNoBrowser)('the chart of usage', () => {
  const traffic = Traffic.forTests();
  const { web } = traffic;
  let project = '';
  beforeAll(async () => {
    project = await web.project('Charted');
    const { token } = await web.token(project);
    for (let i = 0; i < 3; i += 1) await traffic.call(token);
  });

  const open = async (more = ''): Promise<Page> => {
    const query = `metric=requests&project_id=${project}${more}`;
    await expect
      .poll(async () => (await web.get<Report>(`/manage/usage?project_id=${project}`)).totals.requests)
      .toBe(3);
    const page = await web.open(`usage?${query}`);
    await page.locator('svg[role=application]').waitFor();
    return page;
  };
  const heard = (page: Page) => page.locator('[aria-live=polite]', { hasText: 'requests' });

  it('draws the period before as a dashed line, says it, and asks once', async () => {
    const page = await open();
    const asked: string[] = [];
    page.on('request', (request) => {
      if (new URL(request.url()).pathname === '/manage/usage') asked.push(request.url());
    });
    expect(await page.locator('svg[role=application] path[stroke-dasharray]').count()).toBe(0);
    await page.getByText('Compare', { exact: true }).click();
    await page.waitForURL(/compare=previous/);
    await page.locator('svg[role=application] path[stroke-dasharray]').waitFor({ state: 'attached' });
    await page.getByText('Period before').waitFor();
    expect(asked).toHaveLength(1);
    await page.locator('svg[role=application]').focus();
    await page.keyboard.press('End');
    await expect.poll(() => heard(page).innerText()).toMatch(/: 3 requests, before 0/);
    await page.getByText('period before', { exact: true }).waitFor();
    await checkPage(page, 'usage-compare');
  });

  it('is read by the arrow keys', async () => {
    const page = await open();
    await page.locator('svg[role=application]').focus();
    await page.keyboard.press('End');
    await expect.poll(() => heard(page).innerText()).toMatch(/: 3 requests/);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => heard(page).innerText()).toMatch(/: 0 requests/);
    await page.keyboard.press('Home');
    const { points } = await web.get<Report>('/manage/usage');
    const first = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', month: 'short', day: 'numeric' });
    await expect.poll(() => heard(page).innerText()).toContain(first.format(new Date(points[0]!.at)));
  });

  it('is cut to what is marked with Shift and the arrow keys', async () => {
    const page = await open();
    await page.locator('svg[role=application]').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Shift+ArrowLeft');
    await expect.poll(() => page.locator('[aria-live=polite]', { hasText: 'marked from' }).count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.waitForURL(/from=.*&to=/);
    const { searchParams } = new URL(page.url());
    const { points } = await web.get<Report>('/manage/usage');
    expect(searchParams.get('from')).toBe(points.at(-3)!.at);
    // Three days are shown by the hour.
    await page.locator('svg[aria-label^="Requests by hour"]').waitFor();
    await page.goBack();
    await page.locator('svg[aria-label^="Requests by day"]').waitFor();
  });

  it('is cut to what is dragged over', async () => {
    const page = await open();
    const box = (await page.locator('svg[role=application]').boundingBox())!;
    const at = (part: number): [number, number] => [box.x + box.width * part, box.y + box.height / 2];
    await page.mouse.move(...at(0.5));
    await page.mouse.down();
    await page.mouse.move(...at(0.7), { steps: 5 });
    await page.mouse.move(...at(0.9), { steps: 5 });
    await page.screenshot({ path: 'test-output/usage-marked.png' });
    await page.mouse.up();
    await page.waitForURL(/from=.*&to=/);
    const { searchParams } = new URL(page.url());
    const days = (Date.parse(searchParams.get('to')!) - Date.parse(searchParams.get('from')!)) / 86_400_000;
    expect(days).toBeGreaterThan(8);
    expect(days).toBeLessThan(16);
  });
});
