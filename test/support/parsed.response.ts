import { ResponseParser } from '../../src/upstream/response.parser.js';
import { ObserverSpy } from './raw.upstream.js';

/** What a parser made of a response. */
export interface Read {
  observer: ObserverSpy;
  parser: ResponseParser;
  taken: number;
  error: string | undefined;
}

/** Parses a response in pieces of the given sizes. The memory of each piece is overwritten afterwards. */
export function read(text: string, { isHead = false, sizes = [] as number[], fin = false } = {}): Read {
  const bytes = Buffer.from(text, 'latin1');
  const memory = Buffer.alloc(Math.max(64 * 1024, bytes.length));
  const observer = new ObserverSpy();
  const parser = new ResponseParser(observer, isHead);
  let taken = 0;
  try {
    for (let at = 0, i = 0; at < bytes.length && !parser.isOver; i += 1) {
      const length = bytes.copy(memory, 0, at, at + (sizes[i] ?? bytes.length));
      taken += parser.read(memory, length);
      memory.fill('#');
      at += length;
    }
    if (fin) parser.close();
    return { observer, parser, taken, error: undefined };
  } catch (error) {
    return { observer, parser, taken, error: (error as Error).message };
  }
}

/** A response with the status 200. */
export const ok = (fields: string, body = ''): string => `HTTP/1.1 200 OK\r\n${fields}\r\n${body}`;
export const chunked = (body: string): string => ok('Transfer-Encoding: chunked\r\n', body);
