/** Whether a parsed JSON value nests deeper than `levels`. It looks no deeper, so that no input can exhaust the stack. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => isDeeperThan(levels - 1, child));
}
