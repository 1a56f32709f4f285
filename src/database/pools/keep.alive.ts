/** TCP keep-alive: the operating system detects a server that lost its power, also on idle connections. */
export const KEEP_ALIVE_AFTER_MS = 10_000;
