import { Injectable } from '@nestjs/common';
import { DataSource, MoreThanOrEqual } from 'typeorm';
import { TokensInvalidated } from './domain.events.js';
import { ChangeEntity } from './change.entity.js';
import { type Position, RevisionCounter } from './revision.counter.js';

/** More rows than this at once are not worth reading: everything is forgotten. */
const MAX_ROWS = 1000;

export interface News {
  readonly position: Position;
  /** Undefined when nothing changed. */
  readonly changes: TokensInvalidated | undefined;
}

/** Reads what changed since a position; what cannot be told from the table is everything. */
@Injectable()
export class ChangeReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly counter: RevisionCounter,
  ) {}

  async since(known: Position | undefined): Promise<News> {
    const position = await this.counter.read();
    if (position.value === known?.value && position.changedAt === known.changedAt)
      return { position, changes: undefined };
    const rows = known && position.value > known.value ? await this.rowsFrom(known) : [];
    const last = rows.at(-1);
    if (!known || !last || !isWhole(rows, known, position)) return { position, changes: EVERYTHING };
    return {
      position: { value: last.revision, changedAt: last.changedAt },
      changes: summaryOf(rows.filter(isNew(known))),
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
