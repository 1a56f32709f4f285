import type { ServerResponse } from 'node:http';

/** Above this many unread bytes a client gets no further informational responses. */
const MAX_WAITING_BYTES = 16 * 1024;

/** Node's internal way to write before a response's head. The public ones know 100, 102 and 103 only, and lose bytes. */
type Raw = ServerResponse & { _writeRaw(text: string, encoding: 'latin1'): boolean };

/** Forwards an informational response. RFC 9110 §15.2: never to HTTP/1.0; a proxy may drop those that no client waits for. */
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
