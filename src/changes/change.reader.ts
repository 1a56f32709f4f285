import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { dialectOf } from '../database/dialect/dialect.js';
import { TokensInvalidated } from './domain.events.js';
import type { ChangeEntity } from './change.entity.js';
import { NOWHERE, type Position, RevisionCounter } from './revision.counter.js';
import { COUNTER_ID } from './revision.entity.js';

/** More rows than this at once are not worth reading: everything is forgotten. */
const MAX_ROWS = 1000;

export interface News {
  readonly position: Position;
  /** Undefined when nothing changed. */
  readonly changes: TokensInvalidated | undefined;
}

/** The counter, and beside it one change after another; of the change nothing when there is none to read. */
interface JoinedRow {
  value: number | string;
  counted_at: number | string;
  revision: number | string | null;
  subject: ChangeEntity['subject'] | null;
  subject_id: string | null;
  changed_at: number | string | null;
}

/** One round trip, because a revocation waits for it. Changes are read only when the counter moved. */
const readSince = (first: string, second: string): string => `
  SELECT revisions.value, revisions.changed_at AS counted_at,
    changes.revision, changes.subject, changes.subject_id, changes.changed_at
  FROM revisions LEFT JOIN changes ON changes.revision >= ${first} AND revisions.value <> ${second}
  WHERE revisions.id = ${COUNTER_ID} ORDER BY changes.revision LIMIT ${MAX_ROWS}`;

/** Reads what changed since a position; what cannot be told from the table is everything. */
@Injectable()
export class ChangeReader {
  private readonly readSince: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly counter: RevisionCounter,
  ) {
    this.readSince = dialectOf(dataSource) === 'postgres' ? readSince('$1', '$2') : readSince('?', '?');
  }

  async since(known: Position | undefined): Promise<News> {
    if (!known) return { position: await this.counter.read(), changes: EVERYTHING };
    const joined: JoinedRow[] = await this.dataSource.query(this.readSince, [known.value, known.value]);
    const position = positionOf(joined);
    if (position.value === known.value && position.changedAt === known.changedAt)
      return { position, changes: undefined };
    const rows = position.value > known.value ? joined.filter(hasChange).map(changeOf) : [];
    const last = rows.at(-1);
    if (!last || !isWhole(rows, known, position)) return { position, changes: EVERYTHING };
    return {
      position: { value: last.revision, changedAt: last.changedAt },
      changes: summaryOf(rows.filter(isNew(known))),
    };
  }
}

const EVERYTHING = new TokensInvalidated(new Set(), new Set(), true);

const positionOf = ([row]: JoinedRow[]): Position =>
  row ? { value: Number(row.value), changedAt: Number(row.counted_at) } : NOWHERE;

const hasChange = ({ revision }: JoinedRow): boolean => revision !== null;
const changeOf = (row: JoinedRow): ChangeEntity => ({
  revision: Number(row.revision),
  subject: row.subject!,
  subjectId: row.subject_id!,
  changedAt: Number(row.changed_at),
});

/**
 * True when nothing can be missing: the rows begin with the change that was known last (a table restored from a backup may
 * have another under its number), no revision is left out, and they reach to the counter.
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

const isNew =
  ({ value }: Position) =>
  ({ revision }: ChangeEntity): boolean =>
    revision > value;

function summaryOf(rows: readonly ChangeEntity[]): TokensInvalidated {
  const ids = (subject: ChangeEntity['subject']): Set<string> =>
    new Set(rows.filter((row) => row.subject === subject).map((row) => row.subjectId));
  return new TokensInvalidated(ids('token'), ids('project'), ids('all').size > 0);
}
