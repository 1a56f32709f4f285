import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { MANAGEMENT_TOKEN, TestApp } from '../support/app.js';

const browserPath = inject('chromium');
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** A front that serves the application below a path. */
function startFront(app: TestApp, prefix: string): http.Server {
  const front = http.createServer((request, response) => {
    const onward = http.request(
      `${app.url}${request.url!.slice(prefix.length)}`,
      { method: request.method!, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      },
    );
    if (request.url!.startsWith(`${prefix}/`)) request.pipe(onward);
    else response.writeHead(404).end();
  });
  return front.listen(0, '127.0.0.1');
}

describe.skipIf(browserPath === null)('the docs page in a browser', { timeout: 60_000 }, () => {
  let app: TestApp;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const requested: string[] = [];
  beforeAll(async () => {
    app = await TestApp.start();
    await app.project({ name: 'Seen in the browser' });
    browser = await chromium.launch({ executablePath: browserPath!, args: ARGUMENTS });
  }, 60_000);
  afterEach(async () => {
    await page.close();
    expect(complaints.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  async function open(url = `${app.url}/docs`, options: BrowserContextOptions = {}): Promise<void> {
    page = await browser.newPage(options);
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => requested.push(request.url()));
    await page.goto(url);
    await page.getByText('/manage/projects', { exact: true }).first().waitFor();
  }

  async function authorize(): Promise<void> {
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    const dialog = page.getByRole('dialog');
    const field = dialog.locator('input').first();
    expect(await field.getAttribute('type')).toBe('password');
    await field.fill(MANAGEMENT_TOKEN);
    await dialog
      .getByRole('button', { name: 'Apply credentials' })
      .or(dialog.getByRole('button', { name: 'Authorize' }))
      .first()
      .click();
    await dialog.getByRole('button', { name: 'Close' }).first().click();
  }

  /** Opens an operation, executes it as it stands, and returns it with the status and the text of the response. */
  async function execute(method: string, path: string) {
    const operation: Locator = page
      .locator(`.opblock-${method}`, { has: page.getByText(path, { exact: true }) })
      .first();
    await operation.locator('.opblock-summary-control').first().click();
    await operation.getByRole('button', { name: 'Try it out' }).click();
    const answered = page.waitForResponse((response) => response.url().includes(path));
    await operation.getByRole('button', { name: 'Execute' }).click();
    const response = await answered;
    await operation.locator('.live-responses-table').waitFor();
    return { operation, url: response.url(), status: response.status(), text: await response.text() };
  }

  it('loads from this server alone', async () => {
    await open();
    expect(requested.filter((url) => !url.startsWith(app.url) && !url.startsWith('data:'))).toEqual([]);
  });

  it('takes the management token and shows the projects', async () => {
    await open();
    await authorize();
    const { status, text } = await execute('get', '/manage/projects');
    expect([status, text]).toEqual([200, expect.stringContaining('Seen in the browser')]);
  });

  it('does not show the management token in the command line of a call', async () => {
    await open();
    await authorize();
    const { operation } = await execute('get', '/manage/projects');
    expect(await operation.locator('.curl-command').innerText()).toContain('Authorization: Bearer MANAGEMENT_TOKEN');
    expect(await page.content()).not.toContain(MANAGEMENT_TOKEN);
  });

  it('creates a project and a token by the examples as they stand', async () => {
    await open();
    await authorize();
    const project = await execute('post', '/manage/projects');
    const token = await execute('post', '/manage/tokens');
    expect([project.status, token.status]).toEqual([201, 201]);
    const { id } = JSON.parse(project.text) as { id: string };
    expect(JSON.parse(token.text)).toMatchObject({ project_id: id });
  });

  it('works below a path', async () => {
    const front = startFront(app, '/llm');
    await new Promise((listens) => front.once('listening', listens));
    const site = `http://127.0.0.1:${(front.address() as AddressInfo).port}/llm`;
    for (const path of ['/docs', '/docs/']) {
      await open(`${site}${path}`);
      await authorize();
      const { url, status } = await execute('get', '/manage/projects');
      expect([url.split('?')[0], status]).toEqual([`${site}/manage/projects`, 200]);
      if (path === '/docs') await page.close();
    }
    front.closeAllConnections();
    front.close();
  });

  it.each(['light', 'dark'] as const)('follows the colour scheme of the reader: %s', async (colorScheme) => {
    await open(undefined, { colorScheme });
    const brightness = async () =>
      page.locator('body').evaluate((body) => {
        const style = (
          globalThis as unknown as { getComputedStyle(of: unknown): { backgroundColor: string } }
        ).getComputedStyle(body).backgroundColor;
        return Number(/\d+/.exec(style)![0]);
      });
    expect((await brightness()) > 128).toBe(colorScheme === 'light');
    const other = colorScheme === 'light' ? 'dark' : 'light';
    await page.emulateMedia({ colorScheme: other });
    await page.locator(other === 'dark' ? 'html.dark-mode' : 'html:not(.dark-mode)').waitFor();
    expect((await brightness()) > 128).toBe(other === 'light');
  });

  it('is as wide as a phone, and its examples too', async () => {
    const width = 375;
    await open(undefined, { viewport: { width, height: 800 } });
    await authorize();
    const { operation } = await execute('get', '/manage/projects');
    const scrolls = await page
      .locator('html')
      .evaluate((html) => (html as unknown as { scrollWidth: number }).scrollWidth);
    expect(scrolls).toBeLessThanOrEqual(width);
    const example = await operation.locator('.responses-wrapper .highlight-code').last().boundingBox();
    expect(example!.width).toBeGreaterThan(width * 0.6);
  });

  it('has the section of schemas closed, and no lock on a public route', async () => {
    await open();
    expect(await page.locator('section.models.is-open').count()).toBe(0);
    const locked = page.locator('.opblock', { has: page.getByText('/health', { exact: true }) });
    expect(await locked.locator('.authorization__btn').count()).toBe(0);
  });
});
