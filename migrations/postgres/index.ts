import { Initial1795000000000 } from './1795000000000-initial.js';

/** In execution order. An array and not a glob, so that tests and the build use the same list. */
export const POSTGRES_MIGRATIONS = [Initial1795000000000];
