/** The value below which the share `p` (0 to 1) of all values lies; NaN without values. */
export function percentile(values, p) {
  const sorted = Float64Array.from(values).sort();
  return sorted.length === 0 ? Number.NaN : sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
}

/** The median: of an even number of values the mean of the two in the middle; NaN without values. */
export function median(values) {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length / 2;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of the rounds, the value of an undisturbed round (p10), and the quartiles. */
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
 * Each value divided by that of the reference in the same round, because noise affects both. A ratio of two medians would
 * mix undisturbed and disturbed rounds, which made it up to 30 % wrong.
 */
export const paired = (values, reference, combine = (a, b) => a / b) =>
  values.map((value, round) => combine(value, reference[round]));
