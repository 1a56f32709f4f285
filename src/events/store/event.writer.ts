import type { KeptBodies } from '../event/capture.line.js';
import type { Notice } from '../event/proxy.event.js';
import { DraftBodies } from './bodies/body.table.js';
import type { EventDatabase } from './event.database.js';
import type { Fold, OpenExchange, SegmentDraft, StoreSettings } from './event.draft.js';
import { newNotices } from './notice.table.js';
import { OpenExchanges } from './open.exchanges.js';
import { QuarterSums } from './quarter.sums.js';
import { cutSegments } from './segment.body.js';
import { insertSegment } from './segment.table.js';
import { closeWork, openWork } from './work.table.js';

/** How long a change of the registered sinks by another process may be overlooked while no events are kept. */
const SINKS_FOR_MS = 1000;

/** What a transaction wrote: it changes the memory of the writer when it is committed. */
export interface Written {
  /** Events, which have a `seq`. They stand before the notices in `lines`. */
  readonly count: number;
  readonly lines: readonly string[];
  /** Ids of the notices. */
  readonly notices: readonly string[];
  readonly folds: readonly Fold[];
  readonly opened: readonly OpenExchange[];
  /** Ids of the segments. */
  readonly segments: readonly number[];
  /** The body of the first one. */
  readonly firstBody: string;
}

/** Writes segments: numbers events and segments, and knows what is committed. */
export class EventWriter {
  identity = { replica: '', epoch: 0 };
  /** Of the committed segments that are not in the table of sums. */
  sums = new QuarterSums();
  open = new OpenExchanges();
  /** The newest segment of this process. */
  lastSegment = 0;
  private seq = 1;
  private number = 1;
  /** Transactions that may be committed although they failed. All begin with the same number. */
  private doubts: { readonly key: object; readonly written: Written }[] = [];
  private hasSinks = false;
  private sinksReadAt = -Infinity;

  constructor(
    private readonly database: EventDatabase,
    private readonly settings: StoreSettings,
  ) {}

  get isInDoubt(): boolean {
    return this.doubts.length > 0;
  }

  get nextSeq(): number {
    return this.seq;
  }

  begin(identity: { replica: string; epoch: number }): void {
    this.identity = identity;
    this.seq = 1;
    this.number = 1;
    this.doubts = [];
  }

  /** False when nothing reads segments: there is no search, no sink and no recovery. */
  async keepsSegments(): Promise<boolean> {
    if (this.settings.keepMs > 0 || this.settings.isStrict) return true;
    if (performance.now() - this.sinksReadAt > SINKS_FOR_MS) {
      this.hasSinks = (await this.database.query('SELECT sink FROM event_sinks LIMIT 1')).length > 0;
      this.sinksReadAt = performance.now();
    }
    return this.hasSinks;
  }

  /** What an earlier write of `key` wrote that failed and was committed nevertheless. Ask before each write. */
  async writtenBefore(key: object): Promise<Written | undefined> {
    if (!this.isInDoubt) return undefined;
    const { replica, epoch } = this.identity;
    const sql = 'SELECT body FROM event_segments WHERE replica = ? AND epoch = ? AND number = ?';
    const [row] = await this.database.query<{ body: string }>(sql, [replica, epoch, this.number]);
    const doubt = row && this.doubts.find(({ written }) => written.firstBody === row.body);
    if (doubt === undefined) return undefined;
    this.committed(doubt.written);
    return doubt.key === key ? doubt.written : undefined;
  }

  async write(key: object, work: (transaction: EventDatabase) => Promise<Written>): Promise<Written> {
    let written: Written | undefined;
    try {
      await this.database.transaction(async (transaction) => {
        written = undefined;
        written = await work(transaction);
      });
    } catch (error) {
      // The commit may have reached the database.
      if (written !== undefined && written.segments.length > 0) this.doubts.push({ key, written });
      throw error;
    }
    this.committed(written!);
    return written!;
  }

  async insertDraft(transaction: EventDatabase, draft: SegmentDraft): Promise<Written> {
    await openWork(transaction, draft.workOpened);
    const late = await closeWork(transaction, draft.workClaims, this.seq + draft.count);
    const events = [...draft.lines(this.seq), ...late.lines];
    const notices = await newNotices(transaction, draft.notices);
    const folds = [...draft.folds, ...late.folds];
    const { open, bodies } = draft;
    return this.insertEvents(transaction, { events, notices, folds, open, ...(bodies && { bodies }) });
  }

  /** `events` are numbered from `nextSeq` on. */
  async insertEvents(
    transaction: EventDatabase,
    given: {
      events: readonly string[];
      notices: readonly Notice[];
      folds: readonly Fold[];
      open: readonly OpenExchange[];
      bodies?: readonly KeptBodies[];
    },
  ): Promise<Written> {
    const { events, notices, folds } = given;
    const now = Date.now();
    const opened = this.open.toWrite(given.open, now);
    const lines = [...events, ...notices.map((notice) => JSON.stringify(notice))];
    const captured = new DraftBodies(given.bodies, this.settings.bodiesMaxBytes);
    const bodies = cutSegments(lines, now, captured.bytesBeside);
    if (bodies.length === 0 && opened.length > 0) bodies.push({ lines: [], bytes: 0, minAt: now, maxAt: now });
    const segments: number[] = [];
    let firstSeq = this.seq;
    for (const [at, body] of bodies.entries()) {
      const place = { ...this.identity, number: this.number + at, firstSeq };
      const id = await insertSegment(transaction, { ...place, ...body, opened: at === 0 ? opened : [] });
      await captured.insert(transaction, id, body.lines);
      segments.push(id);
      firstSeq += body.lines.length;
    }
    const firstBody = bodies[0]?.lines.join('\n') ?? '';
    const ids = notices.map(({ id }) => id);
    return { count: events.length, lines, notices: ids, folds, opened, segments, firstBody };
  }

  private committed({ count, lines, folds, opened, segments }: Written): void {
    this.doubts = [];
    this.seq += count;
    this.number += segments.length;
    this.lastSegment = segments.at(-1) ?? this.lastSegment;
    this.open.written(opened, segments[0] ?? 0, Date.now());
    this.open.ended(lines.slice(0, count));
    this.sums.addAll(folds);
  }
}
