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
});
