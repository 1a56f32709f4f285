import { type RawSearch, text } from '../format/search';

export interface LoginSearch {
  /** Where to go after signing in: a path of this interface. */
  to?: string | undefined;
}

/** Where a login leads to, from the parameters of a URL. */
export const loginSearch = ({ to }: RawSearch): LoginSearch => ({ to: ownPath(text(to)) });

const ROOT = 'http://own.invalid/admin/';

/** Own paths alone: `//elsewhere` and `/\\elsewhere` are other hosts to a browser, and `/..` is not ours. */
export function ownPath(path: string | undefined): string | undefined {
  if (path === undefined || !/^\/(?![/\\])[\x20-\x7e]*$/.test(path)) return undefined;
  const { href } = new URL(`.${path}`, ROOT);
  return href.startsWith(ROOT) && !/\/admin\/login\b/.test(href) ? path : undefined;
}
