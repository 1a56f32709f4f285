/** One chunk of a chunked body (RFC 9112 §7.1). */
export const chunkBytes = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
