import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect, inject } from 'vitest';
import { MANAGEMENT_TOKEN } from '../../support/app.js';

/** `describe.skipIf(hasNoBrowser)`: the run has said loudly that it is missing. */
export const hasNoBrowser = inject('browser') === null;

export interface OpenOptions {
  /** `bearer`: every call has the management token, as scripts send it. Nobody is signed in without it. */
  as?: 'bearer' | 'nobody';
  /** Another bearer than the management token. */
  token?: string;
  theme?: 'light' | 'dark';
  /** The viewer's time zone. */
  zone?: string;
  size?: { width: number; height: number };
  /** The certificate of a front was made for the test. */
  hasOwnCertificate?: boolean;
}

/** Tells the console of each violation, so that it is a complaint like any other. */
const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) =>
  console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample))`;

/** A browser whose pages may not complain: no console message, no error, no violation, no call to another server. */
export class WebBrowser {
  private readonly contexts: BrowserContext[] = [];
  private readonly complaints: string[] = [];
  private readonly allowed: RegExp[] = [];

  private constructor(
    private readonly browser: Browser,
    private readonly origin: string,
  ) {}

  /** Connects to the browser of the run. `origin` is that of the server under test. */
  static async connect(origin: string): Promise<WebBrowser> {
    return new WebBrowser(await chromium.connect(inject('browser')!), origin);
  }

  /** Opens a path such as `/admin/tokens` in a context of its own and waits for the heading. */
  async open(path: string, options: OpenOptions = {}): Promise<Page> {
    const { as = 'bearer', token = MANAGEMENT_TOKEN, theme = 'light', zone = 'UTC' } = options;
    const context = await this.browser.newContext({
      colorScheme: theme,
      reducedMotion: 'reduce',
      timezoneId: zone,
      viewport: options.size ?? { width: 1280, height: 900 },
      ignoreHTTPSErrors: options.hasOwnCertificate ?? false,
      ...(as === 'bearer' ? { extraHTTPHeaders: { authorization: `Bearer ${token}` } } : {}),
    });
    this.contexts.push(context);
    await context.addInitScript(REPORT_VIOLATIONS);
    return this.openIn(context, path);
  }

  /** Opens a path in another tab of a page's context. */
  async openBeside(page: Page, path: string): Promise<Page> {
    return this.openIn(page.context(), path);
  }

  /** Closes all pages; fails when one of them complained. Called after each test. */
  async settle(): Promise<void> {
    for (const context of this.contexts.splice(0)) await context.close();
    const allowed = this.allowed.splice(0);
    expect(this.complaints.splice(0).filter((line) => !allowed.some((pattern) => pattern.test(line)))).toEqual([]);
  }

  /** Complaints that this test provokes: `settle` passes over them, once. */
  allow(pattern: RegExp): void {
    this.allowed.push(pattern);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  private async openIn(context: BrowserContext, path: string): Promise<Page> {
    const page = await context.newPage();
    this.watch(page);
    await page.goto(this.origin + path);
    await page.locator('h1').waitFor();
    return page;
  }

  private watch(page: Page): void {
    page.on('console', (message) => {
      this.complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== this.origin) this.complaints.push(`asked ${request.url()}`);
    });
  }
}
