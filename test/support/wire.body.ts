import { parseHeaderLine, type Framing, type HeaderLine } from './wire.head.js';
import type { WireInbox } from './wire.inbox.js';

/** Gets a body while it arrives. */
export interface BodyListener {
  data(bytes: Buffer): void;
  /** Called for each chunk's size line, also the last one's, 0. */
  chunk?(size: number): void;
  trailer?(line: HeaderLine): void;
}

/** Takes a body out of the inbox; returns what is wrong with it, or undefined when it is complete. */
export async function readBody(
  inbox: WireInbox,
  framing: Framing,
  listener: BodyListener,
): Promise<string | undefined> {
  switch (framing.kind) {
    case 'none':
      return undefined;
    case 'length':
      return readExactly(inbox, framing.bytes, listener);
    case 'chunked':
      return readChunks(inbox, listener);
    case 'close':
      return readToEnd(inbox, listener);
    default:
      return framing satisfies never;
  }
}

async function readExactly(inbox: WireInbox, length: number, listener: BodyListener): Promise<string | undefined> {
  for (let missing = length; missing > 0;) {
    const bytes = await inbox.some(missing);
    if (bytes === undefined) return `${inbox.departure} with ${missing} bytes missing`;
    missing -= bytes.length;
    listener.data(bytes);
  }
  return undefined;
}

async function readChunks(inbox: WireInbox, listener: BodyListener): Promise<string | undefined> {
  for (;;) {
    const line = (await inbox.through('\r\n'))?.toString('latin1').slice(0, -2);
    if (line === undefined) return `${inbox.departure} before the last chunk`;
    const digits = /^([0-9a-f]{1,13})(?:[ \t]*;.*)?$/i.exec(line)?.[1];
    if (digits === undefined) return `bad chunk size ${JSON.stringify(line.slice(0, 40))}`;
    const size = Number.parseInt(digits, 16);
    listener.chunk?.(size);
    if (size === 0) return readTrailers(inbox, listener);
    const fault = (await readExactly(inbox, size, listener)) ?? (await readChunkEnd(inbox));
    if (fault !== undefined) return fault;
  }
}

async function readChunkEnd(inbox: WireInbox): Promise<string | undefined> {
  for (const wanted of ['\r', '\n']) {
    const byte = await inbox.some(1);
    if (byte === undefined) return `${inbox.departure} at a chunk's end`;
    if (byte.toString('latin1') !== wanted) return "no CRLF at a chunk's end";
  }
  return undefined;
}

async function readTrailers(inbox: WireInbox, listener: BodyListener): Promise<string | undefined> {
  for (;;) {
    const line = (await inbox.through('\r\n'))?.toString('latin1').slice(0, -2);
    if (line === undefined) return `${inbox.departure} in the trailers`;
    if (line === '') return undefined;
    listener.trailer?.(parseHeaderLine(line));
  }
}

async function readToEnd(inbox: WireInbox, listener: BodyListener): Promise<string | undefined> {
  for (let bytes = await inbox.some(); bytes !== undefined; bytes = await inbox.some()) listener.data(bytes);
  return inbox.departure === 'fin' ? undefined : 'reset before the end';
}
