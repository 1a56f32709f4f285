import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { dialectOf } from '../database/dialect/dialect.js';
import type { ChangeEntity } from './change.entity.js';
import { isSame, NOWHERE, type Position, RevisionCounter } from './revision.counter.js';
import { COUNTER_ID } from './revision.entity.js';
import { Invalidated } from './invalidated.js';

/** Where more rows than this are new, they are not read: everything is invalid. */
const MAX_ROWS = 1000;

export interface ChangesRead {
  readonly position: Position;
  /** Undefined when nothing new is invalid. */
  readonly invalidated: Invalidated | undefined;
  /** The changes in `invalidated`. Empty when everything is invalid. */
  readonly named: readonly Pick<ChangeEntity, 'revision' | 'changedAt'>[];
  /** The counter of questions; undefined when it was not read. */
  readonly asked?: number | undefined;
}

/** The counter beside one change a row. Without a change to read, the columns of the change are null. */
interface JoinedRow {
  value: number | string;
  counted_at: number | string;
  asked: number | string;
  revision: number | string | null;
  subject: ChangeEntity['subject'] | null;
  subject_id: string | null;
  changed_at: number | string | null;
}

/** One round trip, because a revocation waits for it. Changes are read only when the counter differs from the known one. */
const readSince = (first: string, second: string): string => `
  SELECT revisions.value, revisions.changed_at AS counted_at, revisions.asked,
    changes.revision, changes.subject, changes.subject_id, changes.changed_at
  FROM revisions LEFT JOIN changes ON changes.revision >= ${first} AND revisions.value <> ${second}
  WHERE revisions.id = ${COUNTER_ID} ORDER BY changes.revision LIMIT ${MAX_ROWS}`;

/** Reads the changes since a position. Where the table does not name all of them, everything is invalid. */
@Injectable()
export class ChangeReader {
  private readonly readSince: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly counter: RevisionCounter,
  ) {
    this.readSince = dialectOf(dataSource) === 'postgres' ? readSince('$1', '$2') : readSince('?', '?');
  }

  /** `applied` holds the changes to leave out, as revision → changedAt. It is read after the response of the database. */
  async since(known: Position | undefined, applied: ReadonlyMap<number, number>): Promise<ChangesRead> {
    if (!known) return everythingAt(await this.counter.read());
    const joined: JoinedRow[] = await this.dataSource.query(this.readSince, [known.value, known.value]);
    return { ...this.changesIn(joined, known, applied), asked: joined[0] && Number(joined[0].asked) };
  }

  private changesIn(joined: readonly JoinedRow[], known: Position, applied: ReadonlyMap<number, number>): ChangesRead {
    const position = positionOf(joined);
    if (isSame(position, known)) return { position, invalidated: undefined, named: [] };
    const rows = position.value > known.value ? joined.filter(hasChange).map(changeOf) : [];
    const last = rows.at(-1);
    if (!last || !isWhole(rows, known, position)) return everythingAt(position);
    const named = rows.filter(
      ({ revision, changedAt }) => revision > known.value && applied.get(revision) !== changedAt,
    );
    return {
      position: { value: last.revision, changedAt: last.changedAt },
      invalidated: summaryOf(named),
      named,
    };
  }
}

const EVERYTHING = new Invalidated({ everything: true });
const everythingAt = (position: Position): ChangesRead => ({ position, invalidated: EVERYTHING, named: [] });

const positionOf = ([row]: readonly JoinedRow[]): Position =>
  row ? { value: Number(row.value), changedAt: Number(row.counted_at) } : NOWHERE;

const hasChange = ({ revision }: JoinedRow): boolean => revision !== null;
const changeOf = (row: JoinedRow): ChangeEntity => ({
  revision: Number(row.revision),
  subject: row.subject!,
  subjectId: row.subject_id!,
  changedAt: Number(row.changed_at),
});

/**
 * True when no change can be missing: the rows begin with the last known change (a table that was restored from a backup
 * may have another change under its number), no revision is absent, and the rows reach the counter.
 */
function isWhole(rows: readonly ChangeEntity[], known: Position, { value }: Position): boolean {
  if (rows.length === MAX_ROWS) return false;
  const [first] = rows;
  const isSameHistory = first?.revision === known.value && first.changedAt === known.changedAt;
  if (!isSameHistory && known.value !== 0) return false;
  let reached = known.value;
  for (const { revision } of rows) {
    if (revision > reached + 1) return false;
    reached = revision;
  }
  return reached >= value;
}

function summaryOf(rows: readonly ChangeEntity[]): Invalidated | undefined {
  if (rows.length === 0) return undefined;
  const ids = (subject: ChangeEntity['subject']): Set<string> =>
    new Set(rows.filter((row) => row.subject === subject).map((row) => row.subjectId));
  return new Invalidated({
    tokens: ids('token'),
    projects: ids('project'),
    operators: ids('operator'),
    everything: ids('all').size > 0,
  });
}
