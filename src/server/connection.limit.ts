import { readFileSync } from 'node:fs';

/** Descriptors for everything but proxied exchanges: database, log, listener, runtime. */
const RESERVED_DESCRIPTORS = 64;
/** An exchange has a client's socket and an upstream's. A tenth serves the refusals of further clients. */
const PER_CONNECTION = 2.2;

/** How many client connections this process serves: its share of the configured limit, or, when that is 0, as many as its descriptors allow. */
export function connectionLimit(configured: number, workers: number, descriptors = openFileLimit()): number {
  if (configured > 0) return Math.max(1, Math.floor(configured / workers));
  return descriptors === undefined
    ? Infinity
    : Math.max(1, Math.floor((descriptors - RESERVED_DESCRIPTORS) / PER_CONNECTION));
}

/** Read from Linux; undefined on other systems. Node raises the soft limit to the hard one at its start. */
export function openFileLimit(): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
