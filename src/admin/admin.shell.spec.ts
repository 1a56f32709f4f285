import { describe, expect, it } from 'vitest';
import { shellOf, themeOf } from './admin.shell.js';

const HTML = '<!doctype html>\n<html lang="en"><script src="./assets/a.js"></script><link href="./icon.svg"></html>';

describe('shellOf', () => {
  it.each([
    ['', './'],
    ['tokens', './'],
    ['tokens/', '../'],
    ['tokens/3d2f8a54', '../'],
    ['tokens/3d2f8a54/edit', '../../'],
    ['tokens/a%2Fb', '../'],
  ])('at /admin/%s begins its addresses with %s', (rest, root) => {
    expect(shellOf(HTML, rest, undefined, 0)).toBe(
      HTML.replaceAll('"./', `"${root}`).replace('lang="en"', 'lang="en" data-remember="0"'),
    );
  });

  it('names the theme, and the seconds that a session may outlive the browser', () => {
    expect(shellOf(HTML, '', 'dark', 60_000)).toContain('<html lang="en" data-theme="dark" data-remember="60">');
  });
});

describe('themeOf', () => {
  it.each([
    [undefined, undefined],
    ['llm_proxy_theme=dark', 'dark'],
    ['a=b; llm_proxy_theme=light; c=d', 'light'],
    ['llm_proxy_theme=dark"><script>', undefined],
    ['xllm_proxy_theme=dark', undefined],
    ['llm_proxy_theme=system', undefined],
  ])('of %s is %s', (cookie, theme) => {
    expect(themeOf(cookie)).toBe(theme);
  });
});
