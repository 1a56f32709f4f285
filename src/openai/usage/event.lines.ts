/** How much of an event there is. */
export interface EventExtent {
  readonly hasStart: boolean;
  readonly hasEnd: boolean;
  /** The beginning of an event that was too long to be kept; else empty. */
  readonly head: string;
}

/** What an event stream is split into. */
export interface EventReceiver {
  /** Whole lines without a word that asks for a look at the event. */
  onPlain(text: string): void;
  /** The data of one event, or its end. */
  onEvent(data: string, extent: EventExtent): void;
  /** True for lines whose event must be looked at. */
  isWanted(text: string): boolean;
}

/** Of one event. Of a longer one its beginning and its end are kept. */
const MAX_EVENT_CHARS = 64 * 1024;
const HEAD_CHARS = 4096;
const LF = 10;
const CR = 13;
const BOM = '\u00ef\u00bb\u00bf';

/**
 * Splits an event stream (HTML standard, 9.2.6). Text has one character a byte. A piece that ends a line and is not wanted
 * costs one look: nothing of it is split or kept.
 */
export class EventLines {
  /** The beginning of a line that has not ended. */
  private rest = '';
  /** The data lines of the current event, from its first wanted line on. */
  private data: string[] = [];
  private dataChars = 0;
  private endedWithCr = false;
  private isFirst = true;
  /** The beginning of the current line, or event, was dropped. */
  private isTrimmed = false;
  private head = '';

  constructor(private readonly receiver: EventReceiver) {}

  push(piece: string): void {
    if (piece.length === 0) return;
    const last = piece.charCodeAt(piece.length - 1);
    if (this.rest === '' && (last === LF || last === CR)) return this.lines(piece, last);
    const end = Math.max(piece.lastIndexOf('\n'), piece.lastIndexOf('\r'));
    if (end < 0) return this.keep(piece);
    const text = this.rest + piece.slice(0, end + 1);
    this.rest = '';
    this.lines(text, piece.charCodeAt(end));
    this.rest = piece.slice(end + 1);
  }

  /** The end of the stream: what is left is an event, although clients would drop it. */
  end(): void {
    if (this.rest !== '') {
      const line = this.rest;
      this.rest = '';
      this.line(line);
    }
    this.dispatch(false);
  }

  private keep(piece: string): void {
    this.rest += piece;
    if (this.rest.length <= 2 * MAX_EVENT_CHARS) return;
    if (!this.isTrimmed && !this.rest.startsWith('data')) this.rest = ':';
    else this.rest = this.trimmed(this.isTrimmed ? '' : dataOf(this.rest), this.rest);
    this.isTrimmed = this.rest.length > 1;
  }

  private lines(block: string, last: number): void {
    let text = block;
    if (this.endedWithCr && text.startsWith('\n')) text = text.slice(1);
    this.endedWithCr = last === CR;
    if (this.isFirst) {
      this.isFirst = false;
      if (text.startsWith(BOM)) text = text.slice(BOM.length);
    }
    if (this.data.length === 0 && !this.isTrimmed && !this.receiver.isWanted(text)) return this.receiver.onPlain(text);
    this.split(text);
    this.dropUnwanted();
  }

  /** Only the end of an event shows the depth of its figures: lines in front of them are not needed. */
  private dropUnwanted(): void {
    const { data, receiver } = this;
    if (data.length === 0 || data.some((line) => receiver.isWanted(`${line}\n`))) return;
    for (const line of data) receiver.onPlain(line);
    this.drop();
  }

  private split(text: string): void {
    let cr = text.indexOf('\r');
    for (let at = 0; at < text.length;) {
      let lf = text.indexOf('\n', at);
      if (lf < 0) lf = text.length;
      if (cr >= 0 && cr < at) cr = text.indexOf('\r', at);
      const end = cr >= 0 && cr < lf ? cr : lf;
      this.line(text.slice(at, end));
      at = end + (text.charCodeAt(end) === CR && text.charCodeAt(end + 1) === LF ? 2 : 1);
    }
  }

  private line(line: string): void {
    if (line === '') return this.dispatch(true);
    if (this.isTrimmed && this.data.length === 0) this.add(line);
    else if (line.startsWith('data:')) this.add(dataOf(line));
  }

  private add(data: string): void {
    this.data.push(data);
    this.dataChars += data.length;
    if (this.dataChars <= 2 * MAX_EVENT_CHARS || this.data.length === 1) return;
    const all = this.data.join('\n');
    const kept = this.trimmed(this.isTrimmed ? '' : all, all);
    this.data = [kept];
    this.dataChars = kept.length;
    this.isTrimmed = true;
  }

  private dispatch(isEnded: boolean): void {
    const { data, isTrimmed, head } = this;
    this.drop();
    if (data.length > 0)
      this.receiver.onEvent(data.length === 1 ? data[0]! : data.join('\n'), {
        hasStart: !isTrimmed,
        hasEnd: isEnded,
        head,
      });
  }

  private drop(): void {
    this.data = [];
    this.dataChars = 0;
    this.isTrimmed = false;
    this.head = '';
  }

  /** The end of `text`. `beginning` is empty unless this is the first time that the event is cut. */
  private trimmed(beginning: string, text: string): string {
    if (this.head === '') this.head = beginning.slice(0, HEAD_CHARS);
    return text.slice(-MAX_EVENT_CHARS);
  }
}

const dataOf = (line: string): string => line.slice(line.charCodeAt(5) === 32 ? 6 : 5);
