import { describe, expect, it } from 'vitest';
import { type Actor, type Role, ROOT, sees, SYSTEM } from '../common/values/actor.js';
import type { Access, Permission } from './access.decorator.js';
import { assertAllowed } from './management.guard.js';

const operator = (role: Role, projects?: string[]): Actor => ({
  kind: 'operator',
  origin: 'api',
  id: 'o',
  name: 'someone',
  role,
  projects: projects && new Set(projects),
});
const may = (actor: Actor, access: Access | undefined): boolean => {
  try {
    assertAllowed(actor, access);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ status: 403, code: 'role_not_allowed' });
    return false;
  }
};
const own = (needs: Permission): Access => ({ kind: 'operator', needs, scope: 'own-projects' });

describe(assertAllowed, () => {
  it.each([
    ['viewer', [true, false, false]],
    ['manager', [true, true, false]],
    ['admin', [true, true, true]],
  ] as const)('lets a %s do what its role may', (role, wanted) => {
    const needs = ['read', 'tokens', 'admin'] as const;
    expect(needs.map((need) => may(operator(role), own(need)))).toEqual(wanted);
    expect(needs.map((need) => may(operator(role, ['p']), own(need)))).toEqual(wanted);
  });

  it('refuses an actor with a list of projects where all are concerned', () => {
    const access = { kind: 'operator', needs: 'admin', scope: 'all-projects' } as const;
    expect(
      [operator('admin'), operator('admin', []), operator('manager'), ROOT].map((who) => may(who, access)),
    ).toEqual([true, false, false, true]);
  });

  it('admits only the root credential where nothing is said', () => {
    expect([may(ROOT, undefined), may(operator('admin'), undefined), may(SYSTEM, undefined)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe(sees, () => {
  it('is true of all projects, of those named, or of none', () => {
    expect([sees(ROOT, 'p'), sees(operator('viewer', ['p']), 'p'), sees(operator('viewer', ['p']), 'q')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(sees(operator('admin', []), 'p')).toBe(false);
  });
});
