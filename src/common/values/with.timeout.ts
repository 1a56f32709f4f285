/**
 * Resolves or rejects as `work` does; rejects with an error after `limitMs` milliseconds. Node runs timers before it reads
 * sockets, so setImmediate lets a result win that arrived while the event loop was blocked.
 */
export function withTimeout<T>(
  limitMs: number,
  work: Promise<T>,
  timeout = (): Error => new Error(`no response in ${limitMs} ms`),
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(timeout())), limitMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
