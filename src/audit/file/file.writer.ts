import type { AuditFile, PlacedLine } from './audit.file.js';
import { type AuditTail, type TailRow, WINDOW } from './audit.tail.js';
import { filesOf, type Position, positionsOf } from './file.position.js';

/** Before the first row. */
const BEGINNING: Position = { seq: 0, hash: undefined };

/** What an operator has to know of a file. */
export type FileNote = 'other_history' | 'pruned' | 'cut';

/**
 * Copies rows of the audit log into its file, in their order and each of them once. The file is a tail of the table: where it
 * ends is read from the file itself, so nothing is lost or doubled by a process that is killed.
 */
export class FileWriter {
  private position: Position | undefined;
  /** The position of the last write, which the file must agree with after an error. */
  private known: Position | undefined;

  constructor(
    private readonly file: AuditFile,
    private readonly tail: AuditTail,
    private readonly note: (note: FileNote, fields: Readonly<Record<string, unknown>>) => void,
  ) {}

  /** How many rows the file lacks. */
  async lag(): Promise<number> {
    return Math.max(0, (await this.tail.newest()) - (this.position ?? this.known ?? BEGINNING).seq);
  }

  /** Copies a window of rows; the number of rows that it had. Throws errors of the file and of the database. */
  async copy(): Promise<number> {
    try {
      await this.look();
      this.position ??= await this.locate();
      const rows = await this.following(this.position);
      // The table went back, or is another one.
      if (!rows) this.position = await this.locate();
      else await this.write(this.position, rows);
      return rows?.length ?? 1;
    } catch (error) {
      // How much of the last write is in the file, only the file knows.
      this.position = undefined;
      await this.file.closeFile();
      throw error;
    }
  }

  /** Another program may shorten the file, or put another one in its place: what that lacks is written again. */
  private async look(): Promise<void> {
    if (!this.position) return;
    const { seq } = this.position;
    const change = await this.file.look();
    if (change === undefined) return;
    if (change === 'cut') this.known = undefined;
    this.position = await this.locate();
    if (this.position.seq < seq) this.note('cut', { file_seq: this.position.seq, written_seq: seq });
  }

  private async write(position: Position, rows: readonly TailRow[]): Promise<void> {
    if (rows.length === 0) return;
    const lines: PlacedLine[] = rows.map(({ seq, hash, line }) => ({ line, position: { seq, hash } }));
    const prunedTo = rows[0]!.seq - 1;
    if (prunedTo > position.seq && position.seq > 0 && (await this.tail.oldest())?.seq === rows[0]!.seq) {
      this.note('pruned', { from_seq: position.seq + 1, to_seq: prunedTo });
      lines.unshift({ line: JSON.stringify({ pruned_to: prunedTo }), position: { seq: prunedTo, hash: undefined } });
    }
    await this.file.append(lines);
    this.position = lines.at(-1)!.position;
    this.known = this.position;
  }

  /** The rows behind the position; undefined when it is a position of another history. */
  private async following({ seq, hash }: Position): Promise<TailRow[] | undefined> {
    if (seq === 0 && hash === undefined) return (await this.tail.from()).slice(0, WINDOW);
    const rows = await this.tail.from(seq);
    const first = rows[0];
    if (first?.seq === seq) return hash === undefined || first.hash === hash ? rows.slice(1) : undefined;
    return (await this.isPruned({ seq, hash })) ? rows.slice(0, WINDOW) : undefined;
  }

  /** Whether the row of the position was deleted with all before it. */
  private async isPruned({ seq, hash }: Position): Promise<boolean> {
    const oldest = await this.tail.oldest();
    if (!oldest || oldest.seq <= seq) return false;
    return oldest.seq > seq + 1 || hash === undefined || oldest.prevHash === hash;
  }

  /** The end of the file; of one that was begun anew, the furthest position that is known from before. */
  private async locate(): Promise<Position> {
    const { own, earlier } = await this.file.positions();
    const known = own ? [own] : [...earlier, ...(this.known ? [this.known] : [])];
    known.sort((one, other) => one.seq - other.seq);
    const furthest = known.at(-1);
    if (!furthest) return BEGINNING;
    if ((await this.tail.newestOf([furthest])) || (await this.isPruned(furthest))) return furthest;
    const agreed = await this.tail.newestOf(known);
    const shared = furtherOf(agreed, await this.shared());
    // Without a line of its own, the file says nothing of another history: its predecessor may.
    if (own || !agreed) this.note('other_history', { file_seq: furthest.seq, continues_after_seq: shared.seq });
    this.known = undefined;
    return shared;
  }

  /** The last row that the files and this database have in common. */
  private async shared(): Promise<Position | undefined> {
    for (const path of await filesOf(this.file.path)) {
      let last: Position | undefined;
      for await (const part of positionsOf(path, WINDOW)) last = (await this.tail.newestOf(part)) ?? last;
      if (last) return last;
    }
    return undefined;
  }
}

function furtherOf(one: Position = BEGINNING, other: Position = BEGINNING): Position {
  return one.seq > other.seq ? one : other;
}
