/** The most events and bytes of a row. One event alone may have more bytes. */
export const MAX_EVENTS = 128;
export const MAX_BYTES = 256 * 1024;

/** Lines that become one row. */
export interface SegmentBody {
  readonly lines: readonly string[];
  readonly bytes: number;
  readonly minAt: number;
  readonly maxAt: number;
}

/**
 * Cuts lines into rows. `now` stands in for the time of a row without events. `bytesBeside` of a line are not in the row, but
 * sinks get them with it.
 */
export function cutSegments(
  lines: readonly string[],
  now: number,
  bytesBeside: (line: string) => number = () => 0,
): SegmentBody[] {
  const bodies: SegmentBody[] = [];
  let from = 0;
  let [bytes, beside] = [0, 0];
  for (let at = 0; at < lines.length; at += 1) {
    const size = Buffer.byteLength(lines[at]!) + 1;
    const more = bytesBeside(lines[at]!);
    if (at > from && (at - from === MAX_EVENTS || bytes + beside + size + more > MAX_BYTES)) {
      bodies.push(bodyOf(lines.slice(from, at), bytes, now));
      from = at;
      bytes = beside = 0;
    }
    bytes += size;
    beside += more;
  }
  if (lines.length > from) bodies.push(bodyOf(lines.slice(from), bytes, now));
  return bodies;
}

/** Times as text have the order of times. */
function bodyOf(lines: readonly string[], bytes: number, now: number): SegmentBody {
  let [min, max] = ['', ''];
  for (const line of lines) {
    const at = after(line, '"at":"');
    if (at === '') continue;
    if (min === '' || at < min) min = at;
    if (at > max) max = at;
  }
  return { lines, bytes, minAt: instant(min, now), maxAt: instant(max, now) };
}

const instant = (text: string, now: number): number => Date.parse(text) || now;

/** The uuid of the exchange of a line. */
export function uuidOf(line: string): string {
  const id = after(line, '"id":"');
  return id.slice(0, id.lastIndexOf(':'));
}

/** The value of a member that stands before all text of a client. */
function after(line: string, name: string): string {
  const at = line.indexOf(name);
  return at === -1 ? '' : line.slice(at + name.length, line.indexOf('"', at + name.length));
}
