/** The choice of the person, which the page keeps in a cookie. Any other value is none. */
export const themeOf = (cookie: string | undefined): 'light' | 'dark' | undefined =>
  /(?:^|;\s*)llm_proxy_theme=(light|dark)\s*(?:;|$)/.exec(cookie ?? '')?.[1] as 'light' | 'dark' | undefined;

/**
 * The page for one request. `rest` is what follows `/admin/` in its path, as it was sent: relative addresses get one step
 * up for each of its slashes, so that they are right at any depth and below any prefix. `rememberMs` tells the login how
 * long a session may outlive the browser.
 */
export function shellOf(html: string, rest: string, theme: 'light' | 'dark' | undefined, rememberMs: number): string {
  const root = '../'.repeat(rest.split('/').length - 1) || './';
  const page = html.replaceAll('"./', `"${root}`);
  const remember = ` data-remember="${Math.floor(rememberMs / 1000)}"`;
  const chosen = theme === undefined ? '' : ` data-theme="${theme}"`;
  return page.replace('<html lang="en">', `<html lang="en"${chosen}${remember}>`);
}
