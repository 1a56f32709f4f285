import { ThrottlerStorage, type ThrottlerStorageService } from '@nestjs/throttler';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { routesOf } from '../auth/registered.routes.js';
import { TestApp, type TokenAnswer } from '../support/app.js';
import { request } from '../support/raw.client.js';

const registered = vi.hoisted(() => [] as { method: string; url: string }[]);
vi.mock('../../src/server/management.hooks.js', async (original) => {
  const actual = await original<typeof import('../../src/server/management.hooks.js')>();
  return {
    ...actual,
    allowMethods: (fastify: FastifyInstance) => {
      fastify.addHook('onRoute', ({ method, url }) => {
        for (const name of [method].flat()) registered.push({ method: name, url });
      });
      actual.allowMethods(fastify);
    },
  };
});

/** The request gate refuses TRACE before any route does. */
const BEFORE_ANY_GUARD: Record<string, number> = { TRACE: 405 };

const isOpen = (path: string) =>
  /^\/(?:live|ready|health|favicon\.ico|robots\.txt|metrics(?:\/prometheus)?)?$|^\/(?:admin|docs)(?:\/|$)/.test(path);

describe('AD-01 default deny', () => {
  let app: TestApp;
  let token: TokenAnswer;
  beforeEach(async () => {
    registered.length = 0;
    app = await TestApp.start();
    token = await app.token();
  });
  afterEach(() => app.close());

  /** Every registered route as a request's method and target. */
  const routes = () =>
    registered.map(({ method, url }) => ({
      method,
      target: url.replace(/:\w+/g, '3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f10').replace('*', 'models'),
    }));

  const call = async (method: string, target: string, credential?: string) => {
    const headers: [string, string][] = credential === undefined ? [] : [['Authorization', credential]];
    return request(app.port, { method, target, headers });
  };

  it('knows all routes: the walk would notice if it saw none', () => {
    const urls = new Set(registered.map(({ url }) => url));
    for (const url of [
      '/manage/projects',
      '/manage/projects/:id',
      '/manage/projects/:id/tokens/revoke',
      '/manage/tokens',
      '/manage/tokens/:id',
      '/v1/*',
      '/live',
      '/ready',
      '/health',
      '/docs',
      '/docs/json',
      '/token',
    ])
      expect([...urls]).toContain(url);
    expect([...urls].filter((url) => !/^\/(?:manage|v1|docs|token)(?:\/|$)/.test(url) && !isOpen(url))).toEqual([]);
  });

  it('has no management route beside those of the controllers, which the walk over roles knows', () => {
    const known = new Set(routesOf(app).map(({ url }) => url));
    expect(registered.map(({ url }) => url).filter((url) => url.startsWith('/manage') && !known.has(url))).toEqual([]);
  });

  it.each([
    ['no credential', () => undefined],
    ['a withering token', () => `Bearer ${token.token}`],
    ['a wrong management token', () => 'Bearer mgmt-canary-0123456789abcdefghijklmnoX'],
    ['another scheme', () => `Basic ${Buffer.from('admin:admin').toString('base64')}`],
    ['an empty bearer', () => 'Bearer '],
  ])('refuses %s on every management route', async (_what, credential) => {
    const managed = routes().filter(({ target }) => target.startsWith('/manage'));
    expect(managed.length).toBeGreaterThan(10);
    const failures = app.running.app.get<ThrottlerStorageService>(ThrottlerStorage, { strict: false });
    for (const { method, target } of managed) {
      failures.storage.clear();
      const answer = await call(method, target, credential());
      expect([method, target, answer.status, answer.header('www-authenticate')]).toEqual([
        method,
        target,
        401,
        'Bearer',
      ]);
      expect(answer.text).toContain(method === 'HEAD' ? '' : '"code":"unauthorized"');
    }
  });

  it('checks the credential before the body: without a valid one, the body is not read', async () => {
    for (const type of ['application/json', 'text/plain']) {
      const headers = { 'Content-Type': type };
      const answer = await request(app.port, { method: 'POST', target: '/manage/projects', headers, body: '{' });
      expect(answer.status).toBe(401);
    }
  });

  it('opens only health, metrics, docs and the files of the web interface to everybody', async () => {
    for (const { method, target } of routes()) {
      const { status } = await call(method, target);
      // Not every path under /docs/ and /admin/ exists, and a 404 needs no token either.
      const wanted = isOpen(target) ? [200, 302, 308, 404] : [BEFORE_ANY_GUARD[method] ?? 401];
      expect([method, target, wanted.includes(status), status]).toEqual([method, target, true, status]);
    }
  });

  it.each([
    ['POST', '/v1/chat/completions'],
    ['GET', '/token'],
  ])('has a 401 of its own at %s %s, for the management token too', async (method, target) => {
    for (const [credential, code] of [
      [undefined, 'token_missing'],
      [`Bearer ${app.variables['MANAGEMENT_TOKEN']}`, 'token_malformed'],
    ] as const) {
      const answer = await call(method, target, credential);
      expect([answer.status, answer.header('x-proxy-error'), answer.header('x-should-retry')]).toEqual([
        401,
        code,
        'false',
      ]);
      expect(answer.json()).toEqual({
        error: { message: expect.any(String), type: 'authentication_error', param: null, code },
      });
    }
  });
});
