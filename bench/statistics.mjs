/** The value below which the share `p` (0 to 1) of all lies; NaN of nothing. */
export function percentile(values, p) {
  const sorted = Float64Array.from(values).sort();
  return sorted.length === 0 ? Number.NaN : sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
}

/** Of an even number the mean of the two in the middle. */
export function median(values) {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length / 2;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** What is told of one figure: the median of its rounds, the quiet machine's value (p10), and where half of them lie. */
export function summary(values) {
  const known = values.filter((value) => Number.isFinite(value));
  return {
    median: median(known),
    p10: percentile(known, 0.1),
    low: percentile(known, 0.25),
    high: percentile(known, 0.75),
    rounds: known.length,
  };
}

/**
 * Each value over what the yardstick showed in the same round. Noise hits both then: a ratio of two medians mixes quiet
 * and loud rounds, and was up to 30 % off.
 */
export const paired = (values, yardstick, combine = (a, b) => a / b) =>
  values.map((value, round) => combine(value, yardstick[round]));
