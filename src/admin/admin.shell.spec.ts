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
    expect(shellOf(HTML, rest, undefined)).toBe(HTML.replaceAll('"./', `"${root}`));
  });

  it('names the theme', () => {
    expect(shellOf(HTML, '', 'dark')).toContain('<html lang="en" data-theme="dark">');
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
