import { describe, expect, it } from 'vitest';
import type { WhoAmI } from '../api/types';
import { newThingOf, newThings } from './actions';

const me = (role: WhoAmI['role'], projects: string[] | null = null): WhoAmI => ({ kind: 'session', role, projects });

describe('newThings', () => {
  it.each([
    ['viewer', null, []],
    ['manager', null, ['/tokens/new']],
    ['admin', ['p'], ['/tokens/new']],
    ['admin', null, ['/tokens/new', '/projects/new']],
  ] as const)('of a %s of %s are %s', (role, projects, expected) => {
    expect(newThings(me(role, projects && [...projects])).map(({ to }) => to)).toEqual(expected);
  });
});

describe('newThingOf', () => {
  it.each([
    ['/projects', 'admin', '/projects/new'],
    ['/projects', 'manager', undefined],
    ['/tokens', 'manager', '/tokens/new'],
    ['/usage', 'viewer', undefined],
  ] as const)('at %s for a %s is %s', (path, role, expected) => {
    expect(newThingOf(path, me(role))).toBe(expected);
  });
});
