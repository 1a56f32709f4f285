/** The longest a token can be made to live from now, a year: what the API and the command line both say. */
export const MAX_DURATION_MINUTES = 525_600;

/** The highest limit in time that a token can be given: what the API and the command line both say. */
export const MAX_LIMIT = 1_000_000;
