/** The longest lifetime of a token, a year; the API and the command line share it. */
export const MAX_DURATION_MINUTES = 525_600;

/** The highest rate or concurrency limit of a token; the API and the command line share it. */
export const MAX_LIMIT = 1_000_000;
