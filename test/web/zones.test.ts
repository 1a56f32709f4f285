import { beforeAll, describe, expect, it } from 'vitest';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { hasNoBrowser } from './support/browser.js';
import { Traffic } from './support/traffic.js';

const ZONES = ['America/Los_Angeles', 'Asia/Kathmandu', 'Asia/Tokyo'] as const;

/** The day and time of an instant in a zone, as the lists write it. */
function wall(zone: string, at: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  return format.format(new Date(at));
}

describe.skipIf(hasNoBrowser)('zones', () => {
  const traffic = Traffic.forTests();
  const { web } = traffic;
  let project = '';
  let at = '';
  beforeAll(async () => {
    project = await web.project('Zoned');
    await traffic.call((await web.token(project)).token);
  });

  it.each(ZONES)('%s: the same instant, its own days, and chart, table and file agree', async (zone) => {
    at = (await traffic.kept(`project_id=${project}`, 1))[0]!.at;
    const list = await web.open(`requests?project_id=${project}`, { zone });
    const time = list.locator('[data-row] time');
    await time.waitFor();
    expect(await time.getAttribute('data-ts')).toBe(at);
    expect(await time.getAttribute('title')).toBe(at);
    expect(await time.innerText()).toBe(wall(zone, at));

    const page = await web.open(`usage?metric=requests&project_id=${project}`, { zone });
    const svg = page.locator('svg[role=application]');
    await svg.waitFor();
    // The table counts what the file counts.
    await expect.poll(() => page.locator('tfoot').innerText()).toMatch(/Sum\s+1\s/);
    const address = await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href');
    const tz = new URL(address!, web.server.origin).searchParams.get('tz')!;
    expect(wall(tz, at)).toBe(wall(zone, at));
    const headers = { authorization: `Bearer ${MANAGEMENT_TOKEN}` };
    const file = await (await fetch(`${web.server.origin}${address}`, { headers })).text();
    const [, startLocal] = file.split('\r\n')[1]!.split(',');
    expect(startLocal).toBe(`${wall(zone, at).slice(0, 10)} 00:00:00`);
    // The bar stands at the same day.
    await svg.focus();
    await page.keyboard.press('End');
    const day = new Intl.DateTimeFormat('en-US', { timeZone: zone, month: 'short', day: 'numeric' }).format(
      new Date(at),
    );
    await page.locator('[aria-live=polite]', { hasText: `${day}: 1 requests` }).waitFor({ state: 'attached' });
  });

  it('is chosen on the page, kept, and in the link', async () => {
    const page = await web.open(`usage?metric=requests&project_id=${project}`, { zone: 'Asia/Kathmandu' });
    await page.getByRole('button', { name: /Time zone/ }).click();
    await page.getByRole('option', { name: 'UTC' }).click();
    await page.waitForURL(/tz=UTC/);
    await page.getByText('Times are those of UTC.').waitFor();
    await page.goto(`${web.server.origin}/admin/usage`);
    await page.getByText('Times are those of UTC.').waitFor();
    // A link has its own zone, whoever opens it.
    const other = await web.open('usage?tz=Asia%2FTokyo', { zone: 'America/Los_Angeles' });
    await other.getByText('Times are those of Asia/Tokyo.').waitFor();
    expect(new URL(other.url()).searchParams.get('tz')).toBe('Asia/Tokyo');
  });
});
