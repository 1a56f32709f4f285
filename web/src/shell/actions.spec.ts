import { describe, expect, it } from 'vitest';
import type { WhoAmI } from '../api/types';
import { newThingOf, newThings } from './actions';

const me = (role: WhoAmI['role']): WhoAmI => ({ kind: 'session', role, projects: null });

describe('newThings', () => {
  it.each([
    ['viewer', []],
    ['manager', ['/tokens/new']],
    ['admin', ['/tokens/new', '/projects/new']],
  ] as const)('of a %s are %s', (role, expected) => {
    expect(newThings(me(role)).map(({ to }) => to)).toEqual(expected);
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
