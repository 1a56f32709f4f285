import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { MANAGEMENT_TOKEN, TestApp } from '../support/app.js';

const registered = vi.hoisted(() => new Set<string>());
vi.mock('../../src/server/management.hooks.js', async (original) => {
  const actual = await original<typeof import('../../src/server/management.hooks.js')>();
  return {
    ...actual,
    allowMethods: (fastify: FastifyInstance) => {
      fastify.addHook('onRoute', ({ method, url }) => {
        for (const name of [method].flat()) registered.add(`${name} ${url}`);
      });
      actual.allowMethods(fastify);
    },
  };
});

interface Operation {
  responses: Record<string, unknown>;
  security?: object[];
  requestBody?: unknown;
}
interface Document {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { securitySchemes: Record<string, unknown>; schemas: Record<string, unknown> };
}

describe('the OpenAPI document', () => {
  let app: TestApp;
  let document: Document;
  beforeAll(async () => {
    app = await TestApp.start();
    document = (await (await fetch(`${app.url}/docs/json`)).json()) as Document;
  });
  afterAll(() => app.close());

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    );

  it('is OpenAPI 3, as JSON and as YAML', async () => {
    expect(document).toMatchObject({
      openapi: expect.stringMatching(/^3\./),
      info: { title: 'LLM Proxy', version: expect.stringMatching(/^\d/) },
    });
    const yaml = await fetch(`${app.url}/docs/yaml`);
    const text = await yaml.text();
    expect(yaml.status).toBe(200);
    expect(text).toMatch(/^openapi: ["']?3\./m);
    for (const path of Object.keys(document.paths)) expect(text).toContain(`${path}:`);
  });

  it('has exactly the routes that exist, outside /v1 and /docs, but for pages and load balancers', () => {
    const real = [...registered]
      .map((route) => route.replace(/:(\w+)/g, '{$1}'))
      .filter((route) => !/^(?:HEAD|OPTIONS) | \/(?:v1|docs)(?:\/|$)| \/(?:favicon\.ico|robots\.txt)?$/.test(route));
    expect(
      operations()
        .map(({ method, path }) => `${method} ${path}`)
        .toSorted(),
    ).toEqual(real.toSorted());
  });

  /** `/health` says more to whoever has the token, and needs none. */
  function securityOf(path: string): object[] | undefined {
    if (path === '/health') return [{}, { 'management-token': [] }];
    return path.startsWith('/manage') ? [{ 'management-token': [] }] : undefined;
  }

  it('says that every management route needs the token, and health does not', () => {
    const { securitySchemes } = document.components;
    expect(securitySchemes).toMatchObject({ 'management-token': { type: 'http', scheme: 'bearer' } });
    for (const { path, operation } of operations())
      expect([path, operation.security]).toEqual([path, securityOf(path)]);
  });

  it('names the answers of every route, refusals with their shape', () => {
    for (const { path, operation } of operations()) {
      const statuses = Object.keys(operation.responses);
      expect(statuses.some((status) => status.startsWith('2'))).toBe(true);
      expect(statuses).toEqual(expect.arrayContaining(path.startsWith('/manage') ? ['401', '429', '503'] : []));
    }
  });

  it('refers to nothing that is not there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name!,
    );
    expect(references.length).toBeGreaterThan(10);
    for (const name of references) expect(Object.keys(document.components.schemas)).toContain(name);
  });
});

const browserPath = inject('chromium');

describe.skipIf(browserPath === null)('the docs page in a browser', () => {
  let app: TestApp;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const requested: string[] = [];
  beforeAll(async () => {
    app = await TestApp.start();
    await app.project({ name: 'Seen in the browser' });
    const args = [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ];
    browser = await chromium.launch({ executablePath: browserPath!, args });
    page = await browser.newPage();
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => requested.push(request.url()));
  }, 30_000);
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  it('loads without a complaint, from this server alone', async () => {
    await page.goto(`${app.url}/docs`);
    await page.getByText('/manage/projects', { exact: true }).first().waitFor();
    expect(complaints).toEqual([]);
    expect(requested.filter((url) => !url.startsWith(app.url) && !url.startsWith('data:'))).toEqual([]);
  });

  it('takes the management token and shows the projects', async () => {
    await page.goto(`${app.url}/docs`);
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    const dialog = page.locator('.modal-ux');
    await dialog.locator('input').first().fill(MANAGEMENT_TOKEN);
    await dialog
      .getByRole('button', { name: 'Apply credentials' })
      .or(dialog.getByRole('button', { name: 'Authorize' }))
      .first()
      .click();
    await dialog.getByRole('button', { name: 'Close' }).first().click();

    const operation = page
      .locator('.opblock-get', { has: page.getByText('/manage/projects', { exact: true }) })
      .first();
    await operation.locator('.opblock-summary-control, .opblock-summary').first().click();
    await operation.getByRole('button', { name: 'Try it out' }).click();
    const answered = page.waitForResponse((response) => response.url().includes('/manage/projects'));
    await operation.getByRole('button', { name: 'Execute' }).click();
    const response = await answered;
    expect([response.status(), await response.text()]).toEqual([200, expect.stringContaining('Seen in the browser')]);
    await operation.locator('.live-responses-table').getByText('200', { exact: true }).first().waitFor();
    expect(complaints).toEqual([]);
  });
});
