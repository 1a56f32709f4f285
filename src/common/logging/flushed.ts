import type { Logger } from 'pino';

/** An output that takes no lines, such as a full disk, does not hold up the end of a process. */
const LIMIT_MS = 1000;

/** Resolves when all lines are written, or after a second. */
export async function flushed(logger: Logger): Promise<void> {
  await new Promise<void>((resolve) => {
    const limit = setTimeout(resolve, LIMIT_MS);
    logger.flush(() => {
      clearTimeout(limit);
      resolve();
    });
  });
}
