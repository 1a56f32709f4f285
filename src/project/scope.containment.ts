import { isIP } from 'node:net';
import { compileGlob } from '../common/values/glob.js';
import { compileNetworks } from '../common/values/networks.js';
import { compilePaths } from '../common/values/path.rules.js';

/** Whether everything that the entry `inner` allows is allowed by `outer` too. It may say no where that is not evident. */
export type Contains = (outer: string, inner: string) => boolean;

/** As a text, the inner glob has a `*` only where a `*` of the outer one takes it in, and whatever stands for it. */
export const globContains: Contains = (outer, inner) => outer === inner || compileGlob(outer)(inner);

const isDeep = (pattern: string): boolean => pattern.endsWith('/**');

/** A segment `*` is within `*` and `**`; a last `**` is within `**` only. */
export const pathContains: Contains = (outer, inner) =>
  outer === inner || ((isDeep(outer) || !isDeep(inner)) && compilePaths([outer]).allows(inner));

export const networkContains: Contains = (outer, inner) => {
  const [base = '', bits] = inner.split('/');
  const [outerBase = '', outerBits] = outer.split('/');
  const most = isIP(base) === 4 ? 32 : 128;
  return (
    isIP(base) === isIP(outerBase) &&
    Number(bits ?? most) >= Number(outerBits ?? most) &&
    compileNetworks([outer]).includes(base)
  );
};

/** Every entry of `inner` is within an entry of `outer`. */
export const listContains = (contains: Contains, outer: readonly string[], inner: readonly string[]): boolean =>
  inner.every((entry) => outer.some((one) => contains(one, entry)));
