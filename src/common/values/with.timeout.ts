/**
 * What `work` gives, or an error after so many milliseconds. When the process itself was held up, an answer that has
 * arrived meanwhile is read first: timers run before sockets.
 */
export function withTimeout<T>(limitMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(new Error(`no answer in ${limitMs} ms`))), limitMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
