import type { Handler } from './upstream.connection.js';
import { rawAnswer, type Afterwards } from './upstream.scenarios.js';

// Responses whose framing is broken, incomplete or hostile. Each begins like a valid one.

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`;
const PART = '{"half":';
const chunk = (text: string): string => `${Buffer.byteLength(text, 'latin1').toString(16)}\r\n${text}\r\n`;

/** One chunk without a last chunk, then the connection ends. */
export const truncatedChunks = (part = PART, how: 'fin' | 'reset' = 'fin'): Handler =>
  rawAnswer(CHUNKED + chunk(part), how);

/** Announces `stated` bytes and sends fewer. */
export const shortBody = (stated = 100, part = PART, how: 'fin' | 'reset' = 'fin'): Handler =>
  rawAnswer(`${HEAD}content-length: ${stated}\r\n\r\n${part}`, how);

/** Announces fewer bytes than it sends. */
export const longBody = (stated = 2, body = '{}EXTRA'): Handler =>
  rawAnswer(`${HEAD}content-length: ${stated}\r\n\r\n${body}`, 'keep');

/** One valid chunk, then one with the size `ZZ` or without its CRLF. */
export const badChunk = (defect: 'size' | 'end' = 'size', part = PART): Handler =>
  rawAnswer(CHUNKED + chunk(part) + (defect === 'size' ? 'ZZ\r\n{}\r\n' : '2\r\n{}XX0\r\n\r\n'), 'keep');

/** A chunk extension of the given length before the first data byte. */
export const hugeChunkExtension = (length: number): Handler =>
  rawAnswer(`${CHUNKED}2;x=${'x'.repeat(length)}\r\n{}\r\n0\r\n\r\n`, 'keep');

/** A body that ends with the connection: no length, no chunks. */
export const closeDelimited = (body = '{}', how: 'fin' | 'reset' = 'fin'): Handler =>
  rawAnswer(`${HEAD}\r\n${body}`, how);

/** One chunk, then silence on an open connection. */
export const stallAfter =
  (part = PART): Handler =>
  async (exchange) => {
    if (!(await exchange.receiveAll())) return;
    await exchange.write(CHUNKED + chunk(part));
    await exchange.request.closed(Infinity);
  };

/** A complete response with `lines` extra header lines of `bytes` each. */
export const hugeHeaders = ({ lines = 1, bytes = 20_000 } = {}): Handler => {
  const extra = Array.from({ length: lines }, (_, at) => `x-huge-${at}: ${'h'.repeat(bytes)}\r\n`).join('');
  return rawAnswer(`${HEAD}${extra}content-length: 2\r\n\r\n{}`, 'keep');
};

/** A complete response with one header line exactly as given (CR, LF, NUL and 8-bit bytes included). */
export const oddHeader = (line: string): Handler => rawAnswer(`${HEAD}${line}\r\ncontent-length: 2\r\n\r\n{}`, 'keep');

/** Two responses to one request in one piece; the second belongs to no request. */
export const twoAnswers = (first = '{"n":1}', second = '{"n":2}'): Handler =>
  rawAnswer([first, second].map((body) => `${HEAD}content-length: ${body.length}\r\n\r\n${body}`).join(''), 'keep');

/** Bytes that are not HTTP. */
export const garbage = (text = 'SSH-2.0-OpenSSH_9.6\r\n', afterwards: Afterwards = 'keep'): Handler =>
  rawAnswer(text, afterwards);
