import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ServerEvent, serverEvents } from './event.stream.js';

async function read(...pieces: string[]): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of serverEvents(Readable.from(pieces))) events.push(event);
  return events;
}

const STREAM =
  ': hello\n\nretry: 7\n\nid: 1\nevent: request\ndata: {"a":1}\n\ndata: x\r\ndata:y\r\n\r\nevent: bye\ndata: {}\n\ndata: cut';
const EVENTS = [
  { event: 'retry', data: '7', id: undefined },
  { event: 'request', data: '{"a":1}', id: '1' },
  { event: 'message', data: 'x\ny', id: '1' },
  { event: 'bye', data: '{}', id: '1' },
];

describe(serverEvents, () => {
  it('reads events, and leaves out comments and an event that breaks off', async () => {
    expect(await read(STREAM)).toEqual(EVENTS);
  });

  it('reads the same from any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: STREAM.length }), { maxLength: 9 }), async (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), STREAM.length];
        const pieces = places.slice(1).map((end, index) => STREAM.slice(places[index], end));
        expect(await read(...pieces)).toEqual(EVENTS);
      }),
    );
  });
});
