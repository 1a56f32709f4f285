import type { Notice } from '../event/proxy.event.js';
import { type Behind, readBehind } from './behind.segments.js';
import type { EventDatabase } from './event.database.js';
import type { Fold, SegmentDraft } from './event.draft.js';
import type { EventWriter } from './event.writer.js';
import { lockMark, lockSums, type Mark, putMark } from './mark.table.js';
import { newNotices } from './notice.table.js';
import { QuarterSums } from './quarter.sums.js';
import { closeWork, openWork } from './work.table.js';

/** What a try to write sums has found out. */
interface Try {
  /** Of the mark: what was committed before. */
  readonly batch: number;
  /** What it adds. */
  readonly sums: QuarterSums;
  /** Set when another process has summed the segments of this one. */
  readonly behind?: Behind;
}

/** A mark that says that the exchanges of this process still run moves at least so often. */
const MOVE_EVERY_MS = 2000;

const NOTHING = async (): Promise<Fold[]> => [];

/** Adds sums to the table and moves the mark of this process with them, in one transaction: each event is summed once. */
export class UsageWriter {
  /** Of the last committed write. */
  private batch = 0;
  /** The sums of a write that failed: whether it was committed is read from the mark. */
  private failed: QuarterSums | undefined;
  private openSegment = 0;
  private rolledSegment = 0;
  /** performance.now() */
  private writtenAt = 0;
  /** The draft whose sums are in memory although its write failed. */
  private started: SegmentDraft | undefined;

  constructor(
    private readonly database: EventDatabase,
    private readonly writer: EventWriter,
    private readonly nameOf: (model: string) => string | undefined,
  ) {}

  /** A replica may open again, with a new worker: what the last one wrote is summed first. */
  async open(replica: string): Promise<number> {
    const { mark, behind } = await this.database.transaction(async (transaction) => {
      await lockSums(transaction);
      const known = await lockMark(transaction, replica);
      const before = known ?? { replica, epoch: 0, batch: -1, rolled: 0, open: 0 };
      const missing = await readBehind(transaction, before, this.nameOf);
      await missing.sums.write(transaction);
      const moved = this.moved({ ...before, epoch: before.epoch + 1, batch: before.batch + 1 }, missing);
      await putMark(transaction, moved);
      return { mark: moved, behind: missing };
    });
    this.writer.begin({ replica, epoch: mark.epoch });
    this.writer.open = behind.open;
    this.writer.sums = new QuarterSums();
    this.writer.lastSegment = mark.rolled;
    this.failed = undefined;
    this.written(mark);
    return mark.epoch;
  }

  async write(): Promise<void> {
    const { sums, lastSegment } = this.writer;
    const isCurrent = lastSegment === this.rolledSegment && this.firstOpen() === this.openSegment;
    const isAlive = this.writer.open.size === 0 || performance.now() - this.writtenAt < MOVE_EVERY_MS;
    if (sums.size === 0 && this.failed === undefined && isCurrent && isAlive) return;
    await this.writeWith(NOTHING);
  }

  /** Writes the sums of a draft without its events. Returns the ids of the notices that no process had sent before. */
  async writeAlone(draft: SegmentDraft): Promise<readonly string[]> {
    if (this.started !== draft) this.writer.sums.addAll(draft.folds);
    this.started = draft;
    let notices: readonly Notice[] = [];
    await this.writeWith(async (transaction) => {
      await openWork(transaction, draft.workOpened);
      notices = await newNotices(transaction, draft.notices);
      return (await closeWork(transaction, draft.workClaims, this.writer.nextSeq)).folds;
    });
    this.started = undefined;
    return notices.map(({ id }) => id);
  }

  /** `more` adds folds in the same transaction. They are not kept when it fails. */
  private async writeWith(more: (transaction: EventDatabase) => Promise<Fold[]>): Promise<void> {
    const fresh = this.writer.sums;
    this.writer.sums = new QuarterSums();
    const tries: Try[] = [];
    try {
      const mark = await this.database.transaction(async (transaction) =>
        this.tryWrite(transaction, fresh, more, tries),
      );
      this.failed = undefined;
      const { behind } = tries.at(-1)!;
      if (behind) this.writer.open = behind.open;
      this.written(mark);
    } catch (error) {
      this.keep(fresh, tries.at(-1));
      throw error;
    }
  }

  private async tryWrite(
    transaction: EventDatabase,
    fresh: QuarterSums,
    more: (transaction: EventDatabase) => Promise<Fold[]>,
    tries: Try[],
  ): Promise<Mark> {
    const { replica, epoch } = this.writer.identity;
    await lockSums(transaction);
    const mark = (await lockMark(transaction, replica)) ?? this.mark(epoch, this.batch);
    const one = await this.judge(transaction, mark, fresh);
    tries.push(one);
    const all = new QuarterSums();
    all.merge(one.sums);
    all.addAll(await more(transaction));
    await all.write(transaction);
    const { behind = { last: this.writer.lastSegment, open: this.writer.open } } = one;
    const moved = this.moved({ ...mark, epoch, batch: mark.batch + 1 }, behind);
    await putMark(transaction, moved);
    return moved;
  }

  private async judge(transaction: EventDatabase, mark: Mark, fresh: QuarterSums): Promise<Try> {
    const { batch } = mark;
    if (this.failed !== undefined && batch === this.batch + 1) return { batch, sums: fresh };
    if (batch !== this.batch) {
      const behind = await readBehind(transaction, mark, this.nameOf);
      return { batch, sums: behind.sums, behind };
    }
    const sums = new QuarterSums();
    if (this.failed) sums.merge(this.failed);
    sums.merge(fresh);
    return { batch, sums };
  }

  /** After a failure. Without a try nothing was learned of the write before. */
  private keep(fresh: QuarterSums, last: Try | undefined): void {
    if (last === undefined) this.writer.sums.merge(fresh);
    else {
      this.batch = last.batch;
      this.failed = last.sums;
    }
  }

  private written({ batch, rolled, open }: Mark): void {
    this.writtenAt = performance.now();
    this.batch = batch;
    this.rolledSegment = rolled;
    this.openSegment = open;
  }

  private mark(epoch: number, batch: number): Mark {
    const { replica } = this.writer.identity;
    return { replica, epoch, batch, rolled: this.rolledSegment, open: this.openSegment };
  }

  private moved(mark: Mark, { last, open }: Pick<Behind, 'last' | 'open'>): Mark {
    return { ...mark, rolled: last, open: open.firstSegment(last + 1) };
  }

  private firstOpen(): number {
    return this.writer.open.firstSegment(this.writer.lastSegment + 1);
  }
}
