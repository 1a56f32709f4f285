/** Whether a parsed JSON value nests deeper than `levels`. Looks no deeper than that, so no input can exhaust the stack. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => isDeeperThan(levels - 1, child));
}
