import { describe, expect, it } from 'vitest';
import { databaseRefusal, DatabaseTimeout, DatabaseUnreachable } from '../dialect/database.error.js';
import { PostgresRoute } from './postgres.route.js';

const error = (code: string): Error => Object.assign(new Error(code), { code });

describe(PostgresRoute.name, () => {
  it.each([
    ['prefer', false],
    ['allow', false],
    ['require', true],
    ['verify-full', true],
  ])('a server without TLS is at fault with sslmode=%s: %s', (mode, isFault) => {
    const route = PostgresRoute.of(`postgres://db.example/d?sslmode=${mode}`);
    expect(route.isFault(error('NO_TLS'))).toBe(isFault);
    expect(route.isFault(error('28P01'))).toBe(true);
  });

  it('a start goes on after a timeout', () => {
    expect(databaseRefusal(new DatabaseUnreachable(new DatabaseTimeout()))).toBeUndefined();
    expect(databaseRefusal(new DatabaseUnreachable(error('NO_TLS')))).toBeDefined();
  });
});
