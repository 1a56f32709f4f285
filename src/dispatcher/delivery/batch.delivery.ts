import type { DeadEvent, EventBatch } from '../../events/event/event.bus.js';
import { isNoticeLine, parseLine } from '../sinks/event.lines.js';
import type { EventSink, Outcome, RefusedLine, SinkBatch } from '../sinks/event.sink.js';
import { cutInto, halvesOf, type Piece } from './batch.pieces.js';

/** What a try left behind: lines that the sink refuses for good, and why the batch is not done, if it is not. */
export interface Step {
  readonly dead: readonly DeadEvent[];
  /** The result of the request, for the figures. */
  readonly outcome: Outcome;
}

/**
 * The way of one batch into one sink, in pieces within the sink's limits. Pieces that the sink has taken are not sent again by
 * this process. A refused piece is halved until one line is left.
 */
export class BatchDelivery {
  private readonly lines: readonly string[];
  private readonly pieces: Piece[];
  private tries = 0;

  constructor(
    sink: EventSink,
    private readonly batch: EventBatch,
    maxLines: number,
  ) {
    this.lines = sink.takesNotices ? batch.lines : batch.lines.filter((line) => !isNoticeLine(line));
    const { lines, bytes } = sink.limits;
    this.pieces = cutInto(this.lines, { lines: Math.min(lines, maxLines), bytes });
  }

  get id(): string {
    return this.batch.id;
  }

  get isDone(): boolean {
    return this.pieces.length === 0;
  }

  /** Sends the next piece. Rejects never: an error of the sink is a retry. */
  async step(send: (batch: SinkBatch) => Promise<Outcome>): Promise<Step> {
    const [piece] = this.pieces as [Piece];
    this.tries += 1;
    const lines = this.lines.slice(piece.from, piece.to);
    const outcome = await send({ id: this.pieceId(piece), lines });
    return { outcome, dead: this.settle(piece, outcome) };
  }

  /** Removes the first piece, or replaces it by its halves. Returns the lines that the sink refuses. */
  private settle(piece: Piece, outcome: Outcome): DeadEvent[] {
    if (outcome.kind === 'taken') {
      this.pieces.shift();
      return (outcome.refused ?? []).map(({ at, reason }) => this.deadEvent({ at: piece.from + at, reason }));
    }
    if (outcome.kind !== 'refused') return [];
    this.pieces.shift();
    if (piece.to - piece.from === 1) return [this.deadEvent({ at: piece.from, reason: outcome.reason })];
    this.pieces.unshift(...halvesOf(piece));
    return [];
  }

  private deadEvent({ at, reason }: RefusedLine): DeadEvent {
    const line = this.lines[at]!;
    return { eventId: parseLine(line)?.id ?? `${this.batch.id}:${at}`, line, reason, tries: this.tries };
  }

  /** The same for the same lines: pieces are cut and halved in the same way each time. */
  private pieceId({ from, to }: Piece): string {
    const isWhole = from === 0 && to === this.lines.length;
    return isWhole ? this.batch.id : `${this.batch.id}.${from}-${to}`;
  }
}
