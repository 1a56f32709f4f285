import type { BatchLimits } from '../sinks/event.sink.js';

/** Lines `from` to before `to` of a batch. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

/** Cuts lines into pieces within the limits of a sink. A line over the limit of bytes is a piece of its own. */
export function cutInto(lines: readonly string[], limits: BatchLimits): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let bytes = 0;
  for (const [at, line] of lines.entries()) {
    const lineBytes = Buffer.byteLength(line) + 1;
    if (at > from && (at - from >= limits.lines || bytes + lineBytes > limits.bytes)) {
      pieces.push({ from, to: at });
      from = at;
      bytes = 0;
    }
    bytes += lineBytes;
  }
  if (from < lines.length) pieces.push({ from, to: lines.length });
  return pieces;
}

/** The two halves of a piece of more than one line. */
export function halvesOf({ from, to }: Piece): Piece[] {
  const middle = from + Math.ceil((to - from) / 2);
  return [
    { from, to: middle },
    { from: middle, to },
  ];
}
