/** The queue is compacted when it has this many gaps and they are at least half of it. */
const MIN_GAPS = 32;

/** What a queue needs to know of an entry. */
interface Entry {
  /** An entry that is over before its turn is skipped. */
  readonly isOver: boolean;
}

/** A first-in, first-out queue. Each operation takes amortised constant time; `Array.shift()` would move all entries. */
export class WaitQueue<T extends Entry> {
  private entries: (T | undefined)[] = [];
  /** Index of the first entry that was not taken. */
  private first = 0;
  /** Entries from `first` on that are over. */
  private overCount = 0;

  get length(): number {
    return this.entries.length - this.first - this.overCount;
  }

  push(entry: T): void {
    this.entries.push(entry);
  }

  shift(): T | undefined {
    while (this.first < this.entries.length) {
      const entry = this.entries[this.first]!;
      this.entries[this.first] = undefined;
      this.first += 1;
      if (entry.isOver) this.overCount -= 1;
      else {
        this.compact();
        return entry;
      }
    }
    this.compact();
    return undefined;
  }

  /** Removes and returns the entries after the first `count` that meet the condition. */
  takeAfter(count: number, isMet: (entry: T) => boolean): T[] {
    const entries = this.entries.slice(this.first).filter((entry) => entry !== undefined && !entry.isOver) as T[];
    const taken = new Set(entries.slice(count).filter(isMet));
    this.entries = entries.filter((entry) => !taken.has(entry));
    this.first = this.overCount = 0;
    return [...taken];
  }

  /** To be called once for each queued entry that becomes over. */
  noteOver(): void {
    this.overCount += 1;
    this.compact();
  }

  private compact(): void {
    const gaps = this.first + this.overCount;
    if (gaps === this.entries.length) this.entries.length = 0;
    else if (gaps < MIN_GAPS || gaps * 2 < this.entries.length) return;
    else this.entries = this.entries.filter((entry) => entry !== undefined && !entry.isOver);
    this.first = this.overCount = 0;
  }
}
