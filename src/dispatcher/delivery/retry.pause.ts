const FIRST_MS = 100;
const LONGEST_MS = 30_000;

/** The pause before try `n` (1 is the first repeat): full jitter between 0 and min(30 s, 0.1 s · 2ⁿ). */
export const retryPauseMs = (n: number, random: () => number = Math.random): number =>
  random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(n, 20));
