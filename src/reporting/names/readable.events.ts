import { ApiError } from '../../common/errors/api.error.js';

const UNREADABLE: ReadonlySet<string> = new Set(['observability_disabled', 'store_unavailable']);

/**
 * What is read of events; undefined while they are off or cannot be read, as in the first second of a server. For answers
 * whose other parts are worth showing without it.
 */
export async function ifReadable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ApiError && UNREADABLE.has(error.code)) return undefined;
    throw error;
  }
}
