import { mkdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { violations } from './support/axe.js';
import { hasNoBrowser } from './support/browser.js';
import { pagesOf, PAGES } from './support/pages.js';
import { WebSuite } from './support/web.suite.js';

/** What of the page is wider than the window, as `tag.class: right edge`. */
const WIDER = `(() => {
  const most = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= most) return [];
  const isInside = (element) => element.closest('[role=region], pre, .overflow-x-auto') !== null;
  return [...document.querySelectorAll('main *')]
    .filter((one) => one.getBoundingClientRect().right > most + 0.5 && !isInside(one))
    .map((one) => one.tagName + '.' + one.className + ': ' + one.getBoundingClientRect().right).slice(0, 3).concat('wider');
})()`;
describe.skipIf(hasNoBrowser)('on a phone', () => {
  const web = WebSuite.withUpstream();

  let fill: (path: string) => string;
  beforeAll(async () => void ({ fill } = await pagesOf(web)));

  it.each([320, 390])('of %i px no page is wider than the window, and all of it is accessible', async (width) => {
    mkdirSync('test-output', { recursive: true });
    const page = await web.open('', { size: { width, height: 844 } });
    for (const { path, heading, name } of PAGES) {
      await page.goto(`${web.server.origin}/admin/${fill(path)}`);
      await expect.poll(() => page.locator('h1').innerText()).toBe(heading);
      await page.locator('[aria-busy=true]').waitFor({ state: 'detached' });
      expect([name, width, await page.evaluate(WIDER)]).toEqual([name, width, []]);
      expect([name, width, await violations(page)]).toEqual([name, width, []]);
      await page.screenshot({ path: `test-output/${name}-${width}.png`, fullPage: true });
    }
  });

  it('of 320 px the menu, the palette and the list of keys fit', async () => {
    const page = await web.open('tokens', { size: { width: 320, height: 700 } });
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await page.evaluate(WIDER)).toEqual([]);
    await page.getByRole('button', { name: /Search or jump/ }).click();
    await page.getByRole('dialog', { name: 'Search or jump to' }).waitFor();
    const box = (await page.getByRole('dialog').boundingBox())!;
    expect(box.x >= 0 && box.x + box.width <= 320).toBe(true);
    await page.screenshot({ path: 'test-output/palette-320.png' });
  });
});
