import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import type { AuditTrail } from '../changes/audit.trail.js';
import { auditRefusals } from './audit.hooks.js';

describe(auditRefusals.name, () => {
  const route = (method: 'GET' | 'POST', url: string, config: object) => () => {
    const fastify = Fastify();
    auditRefusals(fastify, {} as AuditTrail);
    fastify.route({ method, url, config, handler: async () => 'done' });
  };

  it.each([
    ['a decided route', route('POST', '/manage/things', { audit: 'token.create' })],
    ['a POST that reads', route('POST', '/manage/things', { audit: false })],
    ['a GET', route('GET', '/manage/things', {})],
    ['a route of another class', route('POST', '/v1/things', {})],
  ])('accepts %s', (_what, add) => expect(add).not.toThrow());

  it('refuses a management route that changes something and says nothing of the audit log', () => {
    expect(route('POST', '/manage/things', {})).toThrow('POST /manage/things has neither @Audited nor @Unaudited');
  });

  it('adds its hook to management routes, and to no other', () => {
    const fastify = Fastify();
    const hooks = new Map<string, number>();
    auditRefusals(fastify, {} as AuditTrail);
    fastify.addHook('onRoute', ({ method, url, onSend }) => {
      // The HEAD that Fastify adds has a hook of its own.
      if (method === 'GET') hooks.set(url, [onSend ?? []].flat().length);
    });
    for (const url of ['/manage/things', '/v1/things', '/v1/*', '/health', '/metrics'])
      fastify.route({ method: 'GET', url, handler: async () => 'done' });
    expect(Object.fromEntries(hooks)).toMatchObject({
      '/manage/things': 1,
      '/v1/things': 0,
      '/v1/*': 0,
      '/health': 0,
      '/metrics': 0,
    });
  });
});
