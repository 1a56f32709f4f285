/** Milliseconds with one decimal, as `toFixed(1)`, made of small integers: those are texts already. */
export function tenths(ms: number): string {
  const whole = Math.round(ms * 10);
  return `${Math.trunc(whole / 10)}.${Math.abs(whole % 10)}`;
}
