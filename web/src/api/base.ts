/** The path at which this page is served, whatever stands in front: this module lands in `<base>assets/`. It ends with a slash. */
export const BASE = import.meta.env.DEV ? '/' : new URL(/* @vite-ignore */ '../', import.meta.url).pathname;

/** What the paths of the management API begin with: the folder above the page's own, without its slash. */
export const API = import.meta.env.DEV
  ? ''
  : new URL('../', new URL(BASE, location.origin)).pathname.replace(/\/$/, '');
