import { describe, expect, it } from 'vitest';
import { type CapFields, type StatusFields, tokenStatus } from './token.status.js';

const NOW = 1_000_000;
type Fields = StatusFields & CapFields;
const token = (changed: Partial<Fields> = {}): Fields => ({
  isActive: true,
  createdAt: NOW - 1000,
  expiresAt: NOW + 4000,
  maxRequests: null,
  requestCount: 0,
  accountId: null,
  ...changed,
});

describe(tokenStatus, () => {
  it.each([
    ['active', {}, true],
    ['active', { maxRequests: 10, requestCount: 7 }, true],
    ['withering', { maxRequests: 10, requestCount: 8 }, true],
    ['withering', { createdAt: NOW - 16_000 }, true],
    ['active', { createdAt: NOW - 15_999 }, true],
    ['exhausted', { maxRequests: 1, requestCount: 1 }, true],
    ['project_inactive', { maxRequests: 1, requestCount: 1 }, false],
    ['expired', { expiresAt: NOW }, false],
    ['revoked', { isActive: false, expiresAt: NOW }, false],
  ] as const)('is %s for %j', (status, changed, isProjectOpen) => {
    expect(tokenStatus(token(changed), token(changed), isProjectOpen, NOW)).toBe(status);
  });

  it.each([
    ['withering', { maxRequests: null, requestCount: 9 }, true],
    ['withering', { maxRequests: 2, requestCount: 1 }, true],
    ['exhausted', { maxRequests: 2, requestCount: 2 }, true],
    ['exhausted', undefined, true],
    ['project_inactive', { maxRequests: 2, requestCount: 2 }, false],
  ] as const)('of a replaced token is %s where its account has %j', (status, account, isProjectOpen) => {
    const replaced = token({ accountId: 'another', maxRequests: 1, requestCount: 1 });
    expect(tokenStatus(replaced, account, isProjectOpen, NOW)).toBe(status);
  });
});
