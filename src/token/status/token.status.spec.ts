import { describe, expect, it } from 'vitest';
import { type StatusFields, tokenStatus } from './token.status.js';

const NOW = 1_000_000;
const token = (changed: Partial<StatusFields> = {}): StatusFields => ({
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
    ['withering', { accountId: 'another', maxRequests: 1, requestCount: 1 }, true],
    ['exhausted', { maxRequests: 1, requestCount: 1 }, true],
    ['project_inactive', { maxRequests: 1, requestCount: 1 }, false],
    ['expired', { expiresAt: NOW }, false],
    ['revoked', { isActive: false, expiresAt: NOW }, false],
  ] as const)('is %s for %j', (status, changed, isProjectOpen) => {
    expect(tokenStatus(token(changed), isProjectOpen, NOW)).toBe(status);
  });
});
