/** Of one process: one writes, one reads. */
export const CONNECTIONS = 2;
export const CONNECT_TIMEOUT_MS = 2000;
export const IDLE_MS = 60_000;
/** No request waits for these statements. */
export const STATEMENT_TIMEOUT_MS = 10_000;
