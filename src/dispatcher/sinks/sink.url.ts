/** The URL of an endpoint with `path` at its end, also when the setting has it already. */
export function withPath(endpoint: string, path: string): string {
  const url = new URL(endpoint);
  const base = url.pathname.replace(/\/+$/, '');
  if (!base.endsWith(path)) url.pathname = `${base}${path}`;
  return url.href;
}
