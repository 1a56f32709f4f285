import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config.loader.js';
import { ConfigError } from '../values/config.error.js';

const MANAGEMENT_TOKEN = 'mgmt-0123456789abcdefghijklmnopqrstuvw';
const load = (variables: Record<string, string>) => loadConfig({ MANAGEMENT_TOKEN, ...variables });
const problems = (variables: Record<string, string>): readonly string[] => {
  try {
    load(variables);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
};

describe('the variables of tokens', () => {
  it.each([
    ['20,5', [20, 5]],
    ['99, 50, 20, 5, 1', [99, 50, 20, 5, 1]],
    ['off', []],
  ])('TOKEN_WARN_AT may be %s', (text, warnAt) => {
    expect(load({ TOKEN_WARN_AT: text }).config.token.warnAt).toEqual(warnAt);
  });

  it.each(['5,20', '20,20', '0', '100', '1.5', 'x', ',', '6,5,4,3,2,1'])('TOKEN_WARN_AT refuses %s', (text) => {
    expect(problems({ TOKEN_WARN_AT: text })).toEqual([expect.stringContaining('TOKEN_WARN_AT must be at most 5')]);
  });

  it.each([
    ['0s', 0],
    ['24h', 86_400_000],
    ['3660d', 3660 * 86_400_000],
  ])('TOKEN_RETENTION may be %s', (text, retentionMs) => {
    expect(load({ TOKEN_RETENTION: text }).config.token.retentionMs).toBe(retentionMs);
  });

  it.each(['23h', '3661d', 'long'])('TOKEN_RETENTION refuses %s', (text) => {
    expect(problems({ TOKEN_RETENTION: text })).toHaveLength(1);
  });

  it('MANAGEMENT_TOKEN_PREVIOUS is another, and as strong in production', () => {
    const previous = 'old-0123456789abcdefghijklmnopqrstuvwx';
    expect(load({ MANAGEMENT_TOKEN_PREVIOUS: previous }).config.previousManagementToken).toBe(previous);
    expect(problems({ MANAGEMENT_TOKEN_PREVIOUS: MANAGEMENT_TOKEN })).toEqual([
      'MANAGEMENT_TOKEN_PREVIOUS must differ from MANAGEMENT_TOKEN',
    ]);
    expect(load({ MANAGEMENT_TOKEN_PREVIOUS: 'short' }).warnings).toContainEqual(
      expect.stringContaining('MANAGEMENT_TOKEN_PREVIOUS is shorter'),
    );
    expect(problems({ NODE_ENV: 'production', MANAGEMENT_TOKEN_PREVIOUS: 'short' })).toContainEqual(
      expect.stringContaining('MANAGEMENT_TOKEN_PREVIOUS is shorter'),
    );
  });

  it.each(['METRICS_TOKEN', 'ENCRYPTION_KEY'])('%s is not MANAGEMENT_TOKEN_PREVIOUS', (name) => {
    const value = Buffer.from('0123456789abcdefghijklmnopqrstuv').toString('base64');
    expect(problems({ [name]: value })).toEqual([]);
    expect(problems({ [name]: value, MANAGEMENT_TOKEN_PREVIOUS: value })).toEqual([
      `${name} must differ from MANAGEMENT_TOKEN_PREVIOUS, which allows everything`,
    ]);
  });

  it('TOKEN_HEADERS is true or false', () => {
    expect(load({ TOKEN_HEADERS: 'true' }).config.token.headers).toBe(true);
    expect(problems({ TOKEN_HEADERS: 'yes' })).toHaveLength(1);
  });
});
