const whole = new Intl.NumberFormat('en-US');
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** 12,345. */
export const count = (n: number): string => whole.format(n);

/** Whole below 10,000, then 412.9K. */
export const compact = (n: number): string => (n < 10_000 ? whole.format(Math.round(n)) : short.format(n));

/** Digits behind the point: enough that what cost something is never written as nothing. */
const digitsOf = (micro: number): number => (micro < 100 ? 6 : micro < 1e6 ? 4 : 2);

/** `$184.22`; with four digits below one dollar. The price list counts in millionths of a dollar. */
export const usd = (micro: number): string =>
  (micro / 1e6).toLocaleString('en-US', {
    style: 'currency',
    currency: 'USD',
    maximumFractionDigits: digitsOf(micro),
  });

/** Milliseconds below one second, then seconds. */
export const ms = (n: number): string =>
  n < 1000 ? `${Math.round(n)} ms` : `${(n / 1000).toFixed(n < 10_000 ? 2 : 1)} s`;

const KIB = 1024;
const MIB = KIB * KIB;
/** A size in bytes, KiB or MiB. */
export const bytes = (n: number): string => {
  if (n < KIB) return `${n} B`;
  return n < MIB ? `${(n / KIB).toFixed(1)} KiB` : `${(n / MIB).toFixed(1)} MiB`;
};

/** A part of one as `42 %`. */
export const percent = (part: number, digits = 0): string => `${(part * 100).toFixed(digits)} %`;
