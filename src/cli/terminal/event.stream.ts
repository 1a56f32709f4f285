/** One event of an event stream (WHATWG HTML §9.2). */
export interface ServerEvent {
  readonly event: string;
  readonly data: string;
  /** The id of this event, or of the last one that had one. */
  readonly id: string | undefined;
}

/** The name of what `serverEvents` makes of a `retry` field. Its data are milliseconds. */
export const RETRY = 'retry';

/** The events of a stream of text pieces. An event that the stream breaks off in is left out. */
export async function* serverEvents(pieces: AsyncIterable<string>): AsyncGenerator<ServerEvent> {
  let rest = '';
  let id: string | undefined;
  for await (const piece of pieces) {
    // A carriage return at the end of a piece may be the first half of a line end.
    const text = rest + piece;
    const whole = text.endsWith('\r') ? text.slice(0, -1) : text;
    const blocks = whole.replaceAll(/\r\n?/g, '\n').split('\n\n');
    rest = (blocks.pop() ?? '') + text.slice(whole.length);
    for (const block of blocks) {
      const fields = fieldsOf(block);
      id = fields.id ?? id;
      if (fields.retry !== undefined) yield { event: RETRY, data: fields.retry, id };
      if (fields.data !== undefined) yield { event: fields.event ?? 'message', data: fields.data, id };
    }
  }
}

interface Fields {
  event?: string;
  data?: string;
  id?: string;
  retry?: string;
}

function fieldsOf(block: string): Fields {
  const fields: Fields = {};
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^([^:]+):? ?(.*)$/.exec(line) ?? [];
    if (name === 'data') fields.data = fields.data === undefined ? value : `${fields.data}\n${value}`;
    else if (name === 'event' || name === 'id' || name === 'retry') fields[name] = value;
  }
  return fields;
}
