import type { ServerResponse } from 'node:http';

/** What a client that does not read may have waiting before interim answers are left out for it. */
const MAX_WAITING_BYTES = 16 * 1024;

/** Node's own way to write ahead of an answer's head; its public ones know 100, 102 and 103 only, and lose bytes. */
type Raw = ServerResponse & { _writeRaw(text: string, encoding: 'latin1'): boolean };

/** Passes an interim answer on. RFC 9110 §15.2: never to HTTP/1.0, and a proxy may leave out what nobody waits for. */
export function writeInformational(
  response: ServerResponse,
  status: number,
  reason: string,
  headers: readonly string[],
): void {
  const { socket, req, headersSent } = response;
  if (!socket || headersSent || req.httpVersion !== '1.1' || socket.writableLength > MAX_WAITING_BYTES) return;
  let text = `HTTP/1.1 ${status} ${reason}\r\n`;
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]!}: ${headers[i + 1]!}\r\n`;
  (response as Raw)._writeRaw(`${text}\r\n`, 'latin1');
}
