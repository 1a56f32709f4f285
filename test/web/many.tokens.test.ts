import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasNoBrowser } from './support/browser.js';
import { WebServer } from './support/web.server.js';
import { WebSuite } from './support/web.suite.js';

const TOKENS = 100_000;

interface Seeds {
  seedLists(of: { path: string; tokens: number; projects: string[] }): Promise<string>;
}

describe.skipIf(hasNoBrowser)('a list of 100,000 tokens', () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-many-'));
  const path = join(folder, 'proxy.db');
  let projects: string[] = [];
  beforeAll(async () => {
    const { seedLists } = (await import(new URL('../../bench/lists.seed.mjs', import.meta.url).href)) as Seeds;
    const server = await WebServer.start({ DATABASE_PATH: path });
    const key = `sk-${'a'.repeat(40)}`;
    for (const name of ['Search', 'Chat'])
      projects.push((await server.manage<{ id: string }>('POST', '/manage/projects', { name, api_key: key })).id);
    await server.close();
    await seedLists({ path, tokens: TOKENS, projects });
  });
  const web = WebSuite.forTests(() => ({ DATABASE_PATH: path }));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The management calls of a deed, without those of what stands around the page. */
  async function callsOf(page: Page, deed: () => Promise<unknown>): Promise<string[]> {
    const calls: string[] = [];
    const note = (request: { url(): string }): void => {
      const { pathname, search } = new URL(request.url());
      if (pathname.startsWith('/manage/') && pathname !== '/manage/whoami') calls.push(pathname + search);
    };
    page.on('request', note);
    await deed();
    await page.waitForLoadState('networkidle');
    page.off('request', note);
    return calls;
  }

  it('is one call a view, whatever one does with it', async () => {
    const page = await web.open('no/such/page');
    const rows = page.locator('[data-row]');
    const first = await callsOf(page, async () => {
      await page.getByRole('link', { name: 'Tokens', exact: true }).click();
      await expect.poll(() => rows.count()).toBe(50);
    });
    expect(first).toHaveLength(1);
    await page.getByText('1–50 of 100,000').waitFor();
    const next = await callsOf(page, async () => {
      await page.getByRole('button', { name: 'Next page' }).click();
      await page.getByText('51–100 of 100,000').waitFor();
    });
    expect(next).toEqual([expect.stringMatching(/^\/manage\/tokens\?.*page=2\b/)]);
    const sorted = await callsOf(page, async () => {
      await page.getByRole('button', { name: 'Last used' }).click();
      await page.waitForURL(/sort=-last_used_at/);
      await page.getByText('1–50 of 100,000').waitFor();
    });
    expect(sorted).toHaveLength(1);
    const found = await callsOf(page, async () => {
      await page.getByLabel('Search tokens').fill('job 12346');
      await expect.poll(() => rows.first().innerText()).toContain('job 12346');
    });
    expect(found.length).toBeLessThanOrEqual(2);
    const shut = await callsOf(page, async () => {
      await page.goto(`${web.server.origin}/admin/tokens?page=2000`);
      await page.getByText('99,951–100,000 of 100,000').waitFor();
    });
    expect(shut).toHaveLength(1);
  });

  it('is no list to choose a project from', async () => {
    const page = await web.open(`tokens/new?project_id=${projects[0]}`);
    const calls = await callsOf(page, async () => {
      await page.reload();
      await page.getByRole('button', { name: 'Search Project' }).waitFor();
    });
    expect(calls.filter((call) => call.startsWith('/manage/tokens'))).toEqual([]);
  });
});
