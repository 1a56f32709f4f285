import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { violations } from './axe.js';

/** Looked at by people; git ignores it. */
const SHOTS = 'test-output';
const NARROW = 320;

/** Colours are measured as they will stay: a change of the theme may take its time. What turns for ever is no wait. */
const STILL = `(async () => {
  const moving = () => document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity);
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  do await frame(); while (moving().some(({ playState }) => playState === 'running'));
})()`;

/** No violation of the accessibility rules in either theme. */
export async function checkAccess(
  page: Page,
  name: string,
  shoot?: (theme: string) => Promise<unknown>,
): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.evaluate(STILL);
    expect([name, theme, await violations(page)]).toEqual([name, theme, []]);
    await shoot?.(theme);
  }
}

/** No violation in either theme, no sideways scroll at 320 px, and pictures of `name`. Leaves the page as wide as it was. */
export async function checkPage(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  const size = page.viewportSize()!;
  await checkAccess(page, name, (theme) => page.screenshot({ path: `${SHOTS}/${name}-${theme}.png` }));
  await page.setViewportSize({ width: NARROW, height: size.height });
  // The gutter of the scrollbar takes a part of it.
  const isWider = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
  expect([name, isWider]).toEqual([name, false]);
  await page.screenshot({ path: `${SHOTS}/${name}-narrow.png` });
  await page.setViewportSize(size);
}
