import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasNoBrowser, WebBrowser } from './support/browser.js';
import { WebServer } from './support/web.server.js';

const ASSETS = new URL('../../dist/admin/assets/', import.meta.url).pathname;
const kilobytes = (names: readonly string[]): number =>
  names.reduce((sum, name) => sum + statSync(join(ASSETS, `${name}.gzip`)).size, 0) / 1000;

describe.skipIf(hasNoBrowser)('a cold load', () => {
  let server: WebServer;
  let browser: WebBrowser;
  beforeAll(async () => {
    server = await WebServer.start();
    browser = await WebBrowser.connect(server.origin);
  });
  afterEach(() => browser.settle());
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it.each([
    ['login', 160],
    ['', 240],
    ['tokens', 220],
    ['projects', 250],
    ['requests', 250],
    ['usage', 250],
    ['audit', 250],
    ['system', 250],
  ])('of /admin/%s fetches scripts of at most %i kB, compressed by gzip', async (path, limit) => {
    const page = await browser.open(`/admin/${path}`);
    const names = await page.evaluate<string[]>(
      `performance.getEntriesByType('resource').map(({ name }) => name.split('/').at(-1)).filter((name) => name.endsWith('.js'))`,
    );
    expect(names.length).toBeGreaterThan(0);
    expect(kilobytes(names)).toBeLessThanOrEqual(limit);
  });

  it('never fetches more than 340 kB of scripts and 10 kB of styles, whatever one opens', () => {
    const names = readdirSync(ASSETS).filter((name) => name.endsWith('.gzip'));
    const of = (ending: string) =>
      names.map((name) => name.replace(/\.gzip$/, '')).filter((name) => name.endsWith(ending));
    expect(kilobytes(of('.js'))).toBeLessThanOrEqual(340);
    expect(kilobytes(of('.css'))).toBeLessThanOrEqual(10);
  });
});
