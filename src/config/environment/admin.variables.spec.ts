import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config.loader.js';
import type { Variables } from '../values/variables.js';
import { AdminVariables } from './admin.variables.js';

const MANAGEMENT_TOKEN = 'Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MDEyMzQ1';
const load = (variables: Variables) => loadConfig({ MANAGEMENT_TOKEN, ...variables });
const problems = (variables: Variables): string[] => {
  try {
    return (load(variables), []);
  } catch (error) {
    return (error as { problems: string[] }).problems;
  }
};
const DAY_MS = 86_400_000;

describe(AdminVariables.name, () => {
  it('has times of days, above those of a timer', () => {
    const { admin } = load({ ADMIN_SESSION_IDLE: '30d', ADMIN_SESSION_MAX: '90d', ADMIN_REMEMBER_MAX: '365d' }).config;
    expect(admin).toEqual({
      enabled: true,
      idleMs: 30 * DAY_MS,
      maxMs: 90 * DAY_MS,
      rememberMs: 365 * DAY_MS,
      rememberIdleMs: 7 * DAY_MS,
    });
  });

  it('has no longer idle time than a whole one', () => {
    expect(load({ ADMIN_REMEMBER_MAX: '1d' }).config.admin.rememberIdleMs).toBe(DAY_MS);
    expect(load({ ADMIN_REMEMBER_MAX: '0s' }).config.admin).toMatchObject({ rememberMs: 0, rememberIdleMs: 0 });
  });

  it.each([
    [{ ADMIN_UI_ENABLED: 'no' }, 'ADMIN_UI_ENABLED must be true or false'],
    [{ ADMIN_SESSION_IDLE: '0s' }, 'ADMIN_SESSION_IDLE must be from 1m to 365d'],
    [{ ADMIN_SESSION_MAX: 'long' }, 'ADMIN_SESSION_MAX must be a duration such as 60m, 12h or 30d'],
    [{ ADMIN_SESSION_MAX: '30m' }, 'ADMIN_SESSION_IDLE must be at most ADMIN_SESSION_MAX'],
    [{ ADMIN_REMEMBER_MAX: '30s' }, 'ADMIN_REMEMBER_MAX must be 0s or from 1m to 365d'],
    [
      { ADMIN_REMEMBER_MAX: 'x' },
      'ADMIN_REMEMBER_MAX must be a duration such as 7d or 30d; 0s offers no such sessions',
    ],
  ])('refuses %o', (variables, problem) => expect(problems(variables)).toEqual([problem]));

  it('answers the other names of the Go system', () => {
    const { warnings } = load({ ADMIN_UI_PATH: '/panel', ADMIN_UI_TEMPLATE_DIR: './t' });
    expect(warnings).toEqual(
      expect.arrayContaining([
        expect.stringContaining('ADMIN_UI_PATH is not read: '),
        expect.stringContaining('ADMIN_UI_TEMPLATE_DIR is not read: '),
      ]),
    );
  });
});
