import { type RawSearch, text } from '../format/search';

export interface LoginSearch {
  /** Where to go after signing in: a path of this interface. */
  to?: string | undefined;
}

export const loginSearch = ({ to }: RawSearch): LoginSearch => ({ to: ownPath(text(to)) });

/** Own paths alone: `//elsewhere` and `/\elsewhere` are other hosts to a browser. */
export const ownPath = (path: string | undefined): string | undefined =>
  path !== undefined && /^\/(?![/\\])/.test(path) ? path : undefined;
