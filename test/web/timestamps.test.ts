import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasNoBrowser } from './support/browser.js';
import { WebSuite } from './support/web.suite.js';

interface Shown {
  text: string;
  localTime: string;
  ts: string;
  title: string;
  datetime: string;
  format: string;
}

const READ = `[...document.querySelectorAll('time')].map((one) => ({
  text: one.innerText, localTime: one.dataset.localTime, ts: one.dataset.ts, title: one.title,
  datetime: one.dateTime, format: one.dataset.format,
}))`;
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

describe.skipIf(hasNoBrowser)('a time', () => {
  const web = WebSuite.forTests();
  let project = '';
  let token = '';
  beforeAll(async () => {
    project = await web.project('Times');
    ({ id: token } = await web.token(project, { name: 'timed', expires_at: '2099-11-28T23:33:00Z' }));
  });

  const paths = (): Record<string, string> => ({
    'a token': `tokens/${token}`,
    'the list of tokens': 'tokens',
    'the list of projects': 'projects',
    'a project': `projects/${project}`,
    'the Dashboard': '',
  });

  /** All times of a page, once it has some beside the clock of the server. */
  async function timesOf(path: string, zone: string): Promise<[Page, Shown[]]> {
    const page = await web.open(path, { zone });
    await page
      .locator(path === '' ? '#server-time' : 'main time')
      .first()
      .waitFor();
    return [page, await page.evaluate<Shown[]>(READ)];
  }

  it.each(['a token', 'the list of tokens', 'the list of projects', 'a project', 'the Dashboard'])(
    'of %s says its instant in UTC, and how it is written',
    async (name) => {
      const [, times] = await timesOf(paths()[name]!, 'America/Los_Angeles');
      expect(times.length).toBeGreaterThan(0);
      for (const { text, localTime, ts, title, datetime, format } of times) {
        expect([localTime, title, datetime]).toEqual(['true', ts, ts]);
        expect(ts).toMatch(UTC);
        expect(format).toMatch(/^(ymd_hm|ymd_hms|ymd_hms_tz|long|date_only)$/);
        expect(text).not.toBe('');
        expect(text).not.toMatch(UTC);
      }
    },
  );

  /** The end of the token, where it is written at length. */
  async function endIn(zone: string): Promise<Shown> {
    const [page] = await timesOf(`tokens/${token}`, zone);
    await page.locator('time[data-format=long]').first().waitFor();
    const times = await page.evaluate<Shown[]>(READ);
    return times.find(({ ts, format }) => format === 'long' && ts.startsWith('2099'))!;
  }

  it.each([
    ['America/Los_Angeles', 'November 28, 2099 at 3:33 PM'],
    ['Asia/Kathmandu', 'November 29, 2099 at 5:18 AM'],
    ['Asia/Tokyo', 'November 29, 2099 at 8:33 AM'],
    ['UTC', 'November 28, 2099 at 11:33 PM'],
  ])('is that of the viewer in %s', async (zone, text) => {
    expect((await endIn(zone)).text).toBe(text);
  });

  it('is the same instant in every zone, in other words', async () => {
    const [west, east] = [await endIn('America/Los_Angeles'), await endIn('Asia/Tokyo')];
    expect(west.text).not.toBe(east.text);
    expect([west.ts, west.title]).toEqual([east.ts, east.title]);
  });

  it('of a form is in UTC, and says so', async () => {
    const page = await web.open(`tokens/${token}/edit`, { zone: 'Asia/Tokyo' });
    const field = page.locator('#expires_at');
    await field.waitFor();
    expect([await field.inputValue(), await field.getAttribute('data-local-time')]).toEqual(['2099-11-28T23:33', null]);
    await page.getByText('Expires at (UTC)').waitFor();
  });
});
