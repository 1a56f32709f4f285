import { describe, expect, it } from 'vitest';
import { may } from './may';

describe('may', () => {
  it.each([
    ['viewer', 'read', true],
    ['viewer', 'tokens', false],
    ['manager', 'tokens', true],
    ['manager', 'admin', false],
    ['admin', 'admin', true],
  ] as const)('%s may %s: %s', (role, what, allowed) => {
    expect(may({ role }, what)).toBe(allowed);
  });

  it('allows nothing to nobody', () => {
    expect(may(undefined, 'read')).toBe(false);
  });
});
