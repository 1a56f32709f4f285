/** `000` to `999`. */
const THREE_DIGITS = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0'));

// What every request prints, made of small integers and of texts that are there already: the usual ways to print a number
// with decimals, or a time, cost ten to twenty times as much.

/** Milliseconds with one decimal, as `toFixed(1)`; not negative. */
export function tenths(ms: number): string {
  const all = Math.round(ms * 10);
  return `${Math.trunc(all / 10)}.${all % 10}`;
}

/** Milliseconds with three decimals; not negative. */
export function milliseconds(ms: number): string {
  const micros = Math.round(ms * 1000);
  return `${Math.trunc(micros / 1000)}.${THREE_DIGITS[micros % 1000]!}`;
}

let second = Number.NaN;
let secondText = '';

/** `ms` since the epoch as RFC 3339, UTC. */
export function isoTime(ms: number): string {
  const whole = Math.floor(ms / 1000);
  if (whole !== second) {
    second = whole;
    secondText = new Date(whole * 1000).toISOString().slice(0, 20);
  }
  return `${secondText}${THREE_DIGITS[ms - whole * 1000]!}Z`;
}
