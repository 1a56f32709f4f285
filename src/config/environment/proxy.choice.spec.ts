import { describe, expect, it } from 'vitest';
import { ConfigError } from '../values/config.error.js';
import { loadConfig } from '../config.loader.js';
import type { Variables } from '../values/variables.js';
import { proxyChoice } from './proxy.choice.js';

const MANAGEMENT_TOKEN = 'a-management-token-of-some-length-0123456789';
const SECURE = 'https://api.openai.com';
const PLAIN = 'http://a.test:8080';

const load = (variables: Variables) => loadConfig({ MANAGEMENT_TOKEN, ...variables });
const hostFor = (origin: string, variables: Variables): string | undefined =>
  load(variables).config.providers.standard.proxyFor(origin)?.host;

describe(proxyChoice.name, () => {
  it.each([
    ['without UPSTREAM_PROXY', { HTTPS_PROXY: 'http://s.test' }, [undefined, undefined]],
    ['off', { UPSTREAM_PROXY: 'off', HTTPS_PROXY: 'http://s.test' }, [undefined, undefined]],
    ['empty', { UPSTREAM_PROXY: '', HTTPS_PROXY: 'http://s.test' }, [undefined, undefined]],
    ['env without a proxy', { UPSTREAM_PROXY: 'env' }, [undefined, undefined]],
    ['env', { UPSTREAM_PROXY: 'env', HTTPS_PROXY: 'http://s.test', HTTP_PROXY: 'p.test' }, ['s.test', 'p.test']],
    [
      'env, lower case first',
      { UPSTREAM_PROXY: 'env', HTTPS_PROXY: 'b.test', https_proxy: 'a.test' },
      ['a.test', undefined],
    ],
    [
      'env with an exception',
      { UPSTREAM_PROXY: 'env', HTTPS_PROXY: 's.test', no_proxy: 'openai.com' },
      [undefined, undefined],
    ],
    ['a URL', { UPSTREAM_PROXY: 'http://u:p@x.test:1', HTTPS_PROXY: 's.test' }, ['x.test', 'x.test']],
    ['a URL with an exception', { UPSTREAM_PROXY: 'http://x.test:1', NO_PROXY: 'a.test:8080' }, ['x.test', undefined]],
  ])('%s', (_what, variables, expected) => {
    expect([hostFor(SECURE, variables), hostFor(PLAIN, variables)]).toEqual(expected);
  });

  it.each([
    [{ UPSTREAM_PROXY: 'socks5://u:secret@x.test' }, 'UPSTREAM_PROXY'],
    [{ UPSTREAM_PROXY: 'env', HTTPS_PROXY: 'socks5://u:secret@x.test' }, 'HTTPS_PROXY'],
  ])('refuses a proxy that is not HTTP, and does not repeat its password', (variables, name) => {
    const problems = (): unknown => load(variables);
    expect(problems).toThrow(ConfigError);
    expect(problems).toThrow(new RegExp(`^(?!.*secret).*${name} must be`, 's'));
  });

  it('warns about a proxy that is set and not followed', () => {
    const warnings = (variables: Variables) => load(variables).warnings.filter((line) => line.includes('_PROXY'));
    expect(warnings({ https_proxy: 'http://u:secret@x.test' })).toEqual([
      'HTTPS_PROXY is set, but connections to upstreams are direct: set UPSTREAM_PROXY=env to follow it, or UPSTREAM_PROXY=off to connect directly without this warning',
    ]);
    expect(warnings({ UPSTREAM_PROXY: 'off', HTTPS_PROXY: 'http://x.test' })).toEqual([]);
    expect(warnings({ UPSTREAM_PROXY: 'env', HTTPS_PROXY: 'http://x.test' })).toEqual([]);
    expect(warnings({ HTTPS_PROXY: '' })).toEqual([]);
  });
});
