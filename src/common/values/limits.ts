/** The longest lifetime of a token, a year; the API and the command line share it. */
export const MAX_DURATION_MINUTES = 525_600;

/** The highest rate or concurrency limit of a token; the API and the command line share it. */
export const MAX_LIMIT = 1_000_000;

/** The last instant of the year 9999, in milliseconds since the epoch: RFC 3339 has four digits for the year. */
export const MAX_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** The longest that a replaced token lives on beside its successor, 30 days; the API and the command line share it. */
export const MAX_OVERLAP_MINUTES = 43_200;

/** The most operators that are not revoked: every replica has all of them in memory, and reads all after a change of one. */
export const MAX_OPERATORS = 10_000;

/** The most tokens that one call revokes: each is a row of the changes that replicas read at once. */
export const MAX_REVOKED = 500;
