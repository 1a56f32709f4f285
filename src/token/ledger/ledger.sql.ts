import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { retryConflicts } from '../../database/retry.js';
import { databaseNow, type Dialect, dialectOf, withPlaceholders } from '../../database/dialect/dialect.js';
import {
  ADD_OF_REPLACED_SQLITE,
  ADD_POSTGRES,
  ADD_SQLITE,
  addMysql,
  GIVE_BACK,
  LEFT,
  type RowCount,
  TAKE,
  TAKE_OF_REPLACED,
  USE_SQLITE,
} from './ledger.statements.js';
import { TokenEntity } from '../token.entity.js';
import { type LockedToken, lockTokens } from './token.locks.js';

/** The token and revisions that a request was judged by. A take against newer revisions is not granted. */
export interface AdmittedToken {
  readonly id: string;
  readonly revision: number;
  readonly projectRevision: number;
  /** The token whose row counts the requests of this one, when that is another. */
  readonly accountId: string | undefined;
}

export interface RequestCount {
  tokenId: string;
  requests: number;
  lastUsedAt: number;
  /** Written even with no requests: only the last use counts. */
  isTouch?: boolean;
}

/** Counts that are written together and once. Every batch of a replica has a higher number than the one before. */
export interface CountBatch {
  readonly number: number;
  readonly counts: readonly RequestCount[];
}

/** What a take got. */
export interface Taken {
  readonly granted: number;
  /** Requests left after all of them; undefined without a cap, when the caller does not ask for it, or when the database does not answer. */
  readonly left: number | undefined;
}

const NOTHING: Taken = { granted: 0, left: undefined };
/** Tokens replaced while a statement looks for the row that counts: each step finds a newer one. */
const MAX_STEPS = 5;

/** A batch counts for accounts that its transaction has not locked, and would lock out of order. */
class AccountsToLock extends Error {
  constructor(readonly ids: readonly string[]) {
    super('accounts are not locked yet');
  }
}

/** The statements of the ledger on every database, as explicit SQL: the exactness of caps rests on them. */
@Injectable()
export class LedgerSql {
  private readonly dialect: Dialect;

  constructor(private readonly dataSource: DataSource) {
    this.dialect = dialectOf(dataSource);
  }

  /**
   * Takes up to `wanted` requests: what was granted is durably counted; nothing when the token may not be used. `nowMs` is the
   * clock on SQLite; database servers use their own. `tellsLeft` asks for what is left too. Throws when the outcome is unknown.
   */
  async take(token: AdmittedToken, wanted: number, nowMs: number, tellsLeft = false): Promise<Taken> {
    if (this.dialect === 'mysql') return this.takeMysql(token, wanted, tellsLeft);
    const text = takeOf(token)[this.dialect] + (tellsLeft ? LEFT : '');
    const values = this.dialect === 'sqlite' ? [wanted, nowMs, ...judged(token)] : [wanted, ...judged(token)];
    return taken(await retryConflicts(async () => this.rows(text, values)));
  }

  /** Without RETURNING: what is left is read afterwards, when others may have taken too. */
  private async takeMysql(token: AdmittedToken, wanted: number, tellsLeft: boolean): Promise<Taken> {
    const values = [wanted, wanted, ...judged(token)];
    const done = await retryConflicts(async () => this.dataSource.query<Done>(takeOf(token).mysql, values));
    if (done.affectedRows !== 1) return NOTHING;
    const { id, accountId = id } = token;
    return { granted: Number(done.insertId), left: tellsLeft ? await this.leftMysql(accountId) : undefined };
  }

  /** Undefined as well when it cannot be read: the take is counted, and its requests go on without it. */
  private async leftMysql(accountId: string): Promise<number | undefined> {
    const text = `SELECT 1${LEFT} FROM tokens WHERE id = ?`;
    const [row] = await this.dataSource.query<Row[]>(text, [accountId]).catch((): Row[] => []);
    return leftOf(row);
  }

  /** The clock that `take` uses, in milliseconds since the epoch. */
  async now(nowMs: number): Promise<number> {
    return databaseNow(this.dataSource, nowMs);
  }

  /** Gives requests back, where they are counted. The count never falls below zero. */
  async giveBack(tokenId: string, requests = 1): Promise<void> {
    await retryConflicts(async () => {
      let id: string | null = tokenId;
      for (let steps = 0; id !== null && steps < MAX_STEPS; steps += 1) {
        if (await this.giveBackTo(id, requests)) return;
        id = await this.accountOf(id);
      }
    });
  }

  private async giveBackTo(id: string, requests: number): Promise<boolean> {
    const values = [requests, id, requests];
    if (this.dialect === 'mysql') return (await this.dataSource.query<Done>(GIVE_BACK, values)).affectedRows === 1;
    return (await this.rows(`${withPlaceholders(GIVE_BACK, this.dialect)} RETURNING id`, values)).length === 1;
  }

  private async accountOf(id: string): Promise<string | null> {
    const select = { id: true, accountId: true } as const;
    return (
      (
        await this.dataSource.manager.findOne(TokenEntity, {
          select,
          where: { id },
        })
      )?.accountId ?? null
    );
  }

  /** The rows that an UPDATE returns. The driver of PostgreSQL gives their number too. */
  private async rows(text: string, values: unknown[]): Promise<Row[]> {
    if (this.dialect === 'sqlite') return this.dataSource.query<Row[]>(text, values);
    return (await this.dataSource.query<[Row[]]>(text, values))[0];
  }

  /** Adds the requests of uncapped tokens: a batch as a whole, and once, even if a lost response makes its writer try again. */
  async add(replicaId: string, batch: CountBatch): Promise<void> {
    const accounts: string[] = [];
    for (let steps = 1; ; steps += 1)
      try {
        await retryConflicts(async () => this.addLocked(replicaId, batch, accounts));
        return;
      } catch (error) {
        if (!(error instanceof AccountsToLock) || steps === MAX_STEPS) throw error;
        accounts.push(...error.ids);
      }
  }

  private async addLocked(replicaId: string, { number, counts }: CountBatch, accounts: readonly string[]) {
    await this.dataSource.transaction(async (manager) => {
      if (await this.isNew(manager, replicaId, number)) await this.write(manager, counts, accounts);
    });
  }

  /** Marks the batch as written in the row of the replica. */
  private async isNew(manager: EntityManager, replicaId: string, number: number): Promise<boolean> {
    const rows: { count_batch: number | string }[] = await manager.query(
      withPlaceholders(
        `SELECT count_batch FROM replicas WHERE id = ?${this.dialect === 'sqlite' ? '' : ' FOR UPDATE'}`,
        this.dialect,
      ),
      [replicaId],
    );
    if (!rows[0]) throw new Error('this replica is not in the registry of replicas');
    if (Number(rows[0].count_batch) >= number) return false;
    await manager.query(withPlaceholders('UPDATE replicas SET count_batch = ? WHERE id = ?', this.dialect), [
      number,
      replicaId,
    ]);
    return true;
  }

  private async write(
    manager: EntityManager,
    counts: readonly RequestCount[],
    accounts: readonly string[],
  ): Promise<void> {
    if (this.dialect === 'sqlite') {
      for (const count of counts) await addSqlite(manager, count);
      return;
    }
    const ids = counts.map(({ tokenId }) => tokenId);
    const rows = rowsOf(counts, await lockTokens(manager, { id: In([...ids, ...accounts]) }));
    if (this.dialect === 'mysql') return void (await manager.query(...addMysql(rows)));
    const columns = [rows.map((row) => row.id), rows.map((row) => row.requests), rows.map((row) => row.lastUsedAt)];
    await manager.query(ADD_POSTGRES, columns);
  }
}

interface Row {
  readonly last_grant: number | string;
  readonly left_over?: number | string | null;
}

interface Done {
  readonly affectedRows: number;
  readonly insertId: number | string;
}

const leftOf = (row: Pick<Row, 'left_over'> | undefined): number | undefined =>
  row?.left_over === undefined || row.left_over === null ? undefined : Math.max(0, Number(row.left_over));

const takeOf = ({ accountId }: AdmittedToken): Record<Dialect, string> =>
  accountId === undefined ? TAKE : TAKE_OF_REPLACED;

/** In the order of the statement's parameters. */
const judged = ({ id, revision, projectRevision, accountId }: AdmittedToken): unknown[] =>
  accountId === undefined ? [id, revision, projectRevision] : [accountId, projectRevision, id, revision];

const taken = ([row]: readonly Row[]): Taken =>
  row ? { granted: Number(row.last_grant), left: leftOf(row) } : NOTHING;

async function addSqlite(manager: EntityManager, { tokenId, requests, lastUsedAt }: RequestCount): Promise<void> {
  const own: unknown[] = await manager.query(ADD_SQLITE, [requests, lastUsedAt, tokenId]);
  if (own.length > 0) return;
  await manager.query(ADD_OF_REPLACED_SQLITE, [requests, tokenId]);
  await manager.query(USE_SQLITE, [lastUsedAt, tokenId]);
}

/** What each row gets: requests go to the account of a token, its last use to its own row. */
function rowsOf(counts: readonly RequestCount[], locked: readonly LockedToken[]): RowCount[] {
  const accounts = new Map(locked.map(({ id, accountId }) => [id, accountId]));
  const missing = counts.flatMap(({ tokenId }) => accounts.get(tokenId) ?? []).filter((id) => !accounts.has(id));
  if (missing.length > 0) throw new AccountsToLock([...new Set(missing)]);
  const rows = new Map<string, RowCount>();
  const rowOf = (id: string): RowCount => {
    const row = rows.get(id) ?? { id, requests: 0, lastUsedAt: 0 };
    rows.set(id, row);
    return row;
  };
  for (const { tokenId, requests, lastUsedAt } of counts) {
    rowOf(accounts.get(tokenId) ?? tokenId).requests += requests;
    const used = rowOf(tokenId);
    used.lastUsedAt = Math.max(used.lastUsedAt, lastUsedAt);
  }
  return [...rows.values()];
}
