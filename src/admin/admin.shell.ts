/** The choice of the person, which the page keeps in a cookie. Any other value is none. */
export const themeOf = (cookie: string | undefined): 'light' | 'dark' | undefined =>
  /(?:^|;\s*)llm_proxy_theme=(light|dark)\s*(?:;|$)/.exec(cookie ?? '')?.[1] as 'light' | 'dark' | undefined;

/**
 * The page for one request. `rest` is what follows `/admin/` in its path, as it was sent: relative addresses get one step
 * up for each of its slashes, so that they are right at any depth and below any prefix.
 */
export function shellOf(html: string, rest: string, theme: 'light' | 'dark' | undefined): string {
  const root = '../'.repeat(rest.split('/').length - 1) || './';
  const page = html.replaceAll('"./', `"${root}`);
  return theme === undefined ? page : page.replace('<html lang="en">', `<html lang="en" data-theme="${theme}">`);
}
