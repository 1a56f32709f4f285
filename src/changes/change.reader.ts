import { Injectable } from '@nestjs/common';
import { DataSource, MoreThanOrEqual } from 'typeorm';
import { TokensInvalidated } from './tokens.invalidated.js';
import { ChangeEntity } from './change.entity.js';
import { type Position, RevisionCounter } from './revision.counter.js';

/** Where more rows than this are new, they are not read: everything is invalid. */
const MAX_ROWS = 1000;

export interface ChangesRead {
  readonly position: Position;
  /** Undefined when nothing new is invalid. */
  readonly invalidated: TokensInvalidated | undefined;
}

/** Reads the changes since a position. Where the table does not name all of them, everything is invalid. */
@Injectable()
export class ChangeReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly counter: RevisionCounter,
  ) {}

  /** `applied` holds the changes to leave out, as revision → changedAt. */
  async since(known: Position | undefined, applied: ReadonlyMap<number, number>): Promise<ChangesRead> {
    const position = await this.counter.read();
    if (position.value === known?.value && position.changedAt === known.changedAt)
      return { position, invalidated: undefined };
    const rows = known && position.value > known.value ? await this.rowsFrom(known) : [];
    const last = rows.at(-1);
    if (!known || !last || !isWhole(rows, known, position)) return { position, invalidated: EVERYTHING };
    const isNew = ({ revision, changedAt }: ChangeEntity): boolean =>
      revision > known.value && applied.get(revision) !== changedAt;
    return {
      position: { value: last.revision, changedAt: last.changedAt },
      invalidated: summaryOf(rows.filter(isNew)),
    };
  }

  private async rowsFrom({ value }: Position): Promise<ChangeEntity[]> {
    return this.dataSource.manager.find(ChangeEntity, {
      where: { revision: MoreThanOrEqual(value) },
      order: { revision: 'ASC' },
      take: MAX_ROWS,
    });
  }
}

const EVERYTHING = new TokensInvalidated(new Set(), new Set(), true);

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

function summaryOf(rows: readonly ChangeEntity[]): TokensInvalidated | undefined {
  if (rows.length === 0) return undefined;
  const ids = (subject: ChangeEntity['subject']): Set<string> =>
    new Set(rows.filter((row) => row.subject === subject).map((row) => row.subjectId));
  return new TokensInvalidated(ids('token'), ids('project'), ids('all').size > 0);
}
