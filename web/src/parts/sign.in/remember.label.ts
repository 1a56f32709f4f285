const HOUR_SECONDS = 3600;

const count = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`;

/** The text of the box: how long one stays signed in. */
export function rememberLabel(seconds: number): string {
  const hours = Math.max(1, Math.round(seconds / HOUR_SECONDS));
  return `Keep me signed in for ${hours % 24 === 0 ? count(hours / 24, 'day') : count(hours, 'hour')}`;
}
