import type { Socket } from 'node:net';

type Callback = (error?: Error | null) => void;

/** The peer has closed the connection or reset it. */
const PEER_IS_GONE = new Set(['EPIPE', 'ECONNRESET', 'ECONNABORTED']);

/**
 * Keeps a socket open after a write failed because the peer is gone, until all bytes that were received before are read.
 * Node would destroy the socket at once, and a response that the peer sent before it closed would be lost. The end of the
 * stream or an error of the read side then closes the socket.
 */
export function outliveWriteErrors(socket: Socket): void {
  const { _write: write, _writev: writev } = socket;
  let original: Callback | undefined;
  let guarded: Callback;
  /** The stream passes the same callback to each write, so that this creates one closure for each socket. */
  const guard = (callback: Callback): Callback => {
    if (callback === original) return guarded;
    original = callback;
    return (guarded = (error) => {
      const { code = '' } = (error ?? {}) as NodeJS.ErrnoException;
      if (!error || !PEER_IS_GONE.has(code)) return callback(error);
      // EPIPE: the peer ended the stream first, so the end is its own. After a reset the system reports an end that it is not.
      if (code !== 'EPIPE') socket.prependOnceListener('end', () => socket.destroy(error));
    });
  };
  socket._write = (chunk, encoding, callback) => write.call(socket, chunk, encoding, guard(callback));
  if (writev) socket._writev = (chunks, callback) => writev.call(socket, chunks, guard(callback));
}
