import { describe, expect, it } from 'vitest';
import { clearCookie, sessionSecrets, setCookie } from './session.cookie.js';

describe(sessionSecrets, () => {
  it.each([
    [undefined, []],
    ['', []],
    ['theme=dark', []],
    ['llm_proxy_session', []],
    ['xllm_proxy_session=a; llm_proxy_sessionx=b', []],
    ['llm_proxy_session=a', ['a']],
    ['theme=dark;llm_proxy_session=a=b ; x=y', ['a=b']],
    ['llm_proxy_session=a; __Host-llm_proxy_session=b', ['b', 'a']],
  ])('of %s', (header, cookies) => expect(sessionSecrets(header)).toEqual(cookies));
});

describe(setCookie, () => {
  it('ends with the browser, or after a time', () => {
    expect(setCookie('v', false)).toBe('llm_proxy_session=v; Path=/; HttpOnly; SameSite=Strict');
    expect(setCookie('v', true, 90_500)).toBe(
      '__Host-llm_proxy_session=v; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=90',
    );
  });

  it('is taken away under its own attributes', () => {
    expect(clearCookie('__Host-llm_proxy_session')).toBe(
      '__Host-llm_proxy_session=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0',
    );
    expect(clearCookie('llm_proxy_session')).toBe('llm_proxy_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0');
  });
});
