import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { TestApp } from '../support/app.js';

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
  operationId: string;
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

  it('has exactly the routes that exist, outside /v1, /docs and /admin', () => {
    const real = [...registered]
      .map((route) => route.replace(/:(\w+)/g, '{$1}'))
      .filter(
        (route) => !/^(?:HEAD|OPTIONS) | \/(?:v1|docs|admin)(?:\/|$)| \/(?:favicon\.ico|robots\.txt)?$/.test(route),
      );
    expect(
      operations()
        .map(({ method, path }) => `${method} ${path}`)
        .toSorted(),
    ).toEqual(real.toSorted());
  });

  const securityOf = (operationId: string, path: string): object[] => {
    if (path === '/token') return [{ 'withering-token': [] }];
    if (!path.startsWith('/manage')) return [];
    const bearer = { 'management-token': [] };
    return operationId === 'signIn' ? [bearer] : [bearer, { 'session-cookie': [] }];
  };

  it('says that every management route needs the token, and no health route does', () => {
    const { securitySchemes } = document.components;
    expect(securitySchemes).toMatchObject({
      'management-token': { type: 'http', scheme: 'bearer', bearerFormat: 'opaque' },
      'session-cookie': { type: 'apiKey', in: 'cookie', name: 'llm_proxy_session' },
    });
    for (const { path, operation } of operations())
      expect([path, operation.security]).toEqual([path, securityOf(operation.operationId, path)]);
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
