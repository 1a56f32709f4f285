import type { Page } from 'playwright-core';
import { MANAGEMENT_TOKEN } from '../../support/app.js';

/** Fills in the form that is on the page, and sends it. */
export async function signInAt(page: Page, token = MANAGEMENT_TOKEN): Promise<void> {
  await page.locator('#management_token').fill(token);
  await page.getByRole('button', { name: 'Sign In' }).click();
}
