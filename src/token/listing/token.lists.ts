import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository, type SelectQueryBuilder } from 'typeorm';
import type { Actor } from '../../common/values/actor.js';
import { Clock } from '../../common/values/clock.js';
import { errors } from '../../common/errors/errors.js';
import { type Page, windowOf } from '../../common/rest/paging.js';
import { type Dialect, dialectOf } from '../../database/dialect/dialect.js';
import { TokenEntity } from '../token.entity.js';
import type { Condition } from './condition.js';
import { TokenCounts } from './token.counts.js';
import { conditionsOf } from './token.filter.js';
import type { TokenQuery } from './token.query.js';
import { type TokenOrder, tokenOrder } from './token.sort.js';

/** The most rows that SQLite reads to sort or filter one list: it works in the thread that serves requests. */
export const MAX_SCAN = 100_000;

/** The number of the first entry of a page from which on the end of the list may be nearer. */
const DEEP = 10_000;

/** A page of tokens, as they were at an instant in milliseconds. */
interface TokenPage extends Page<TokenEntity> {
  nowMs: number;
}

interface Rows {
  readonly conditions: readonly Condition[];
  readonly order: TokenOrder;
  readonly nowMs: number;
}

/** The lists of tokens. */
@Injectable()
export class TokenLists {
  constructor(
    @InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>,
    private readonly counts: TokenCounts,
    private readonly clock: Clock,
  ) {}

  /** The tokens of the projects that exist for the actor. Throws `validation_failed`. */
  async page(actor: Actor, query: TokenQuery): Promise<TokenPage> {
    const { page, size } = windowOf(query);
    const rows = await this.rowsOf(actor, query);
    const first = (page - 1) * size;
    const entries = await this.entries(rows, first, size);
    const isEnd = entries.length < size && (entries.length > 0 || first === 0);
    return { entries, total: isEnd ? first + entries.length : await this.count(rows), nowMs: rows.nowMs };
  }

  /** The first tokens of a list, which is not counted. Throws `validation_failed`. */
  async first(actor: Actor, query: TokenQuery, limit: number): Promise<TokenEntity[]> {
    return this.entries(await this.rowsOf(actor, query), 0, limit);
  }

  private async rowsOf(actor: Actor, query: TokenQuery): Promise<Rows> {
    const rows = {
      conditions: conditionsOf(actor, query, this.dialect),
      order: tokenOrder(query.sort ?? '-created_at'),
      nowMs: this.clock.now(),
    };
    await this.assertReadable(rows);
    return rows;
  }

  private get dialect(): Dialect {
    return dialectOf(this.tokens.manager.dataSource);
  }

  /** Rows without a value to sort by come last on every database, and an index is of use for the others. */
  private async entries(rows: Rows, first: number, size: number): Promise<TokenEntity[]> {
    const { nullable } = rows.order;
    if (nullable === undefined) return first < DEEP ? this.read(rows, first, size) : this.readDeep(rows, first, size);
    const valued = including(rows, { sql: `${nullable} IS NOT NULL` });
    const entries = await this.read(valued, first, size);
    if (entries.length === size) return entries;
    const before = entries.length > 0 || first === 0 ? first + entries.length : await this.count(valued);
    const rest = including(rows, { sql: `${nullable} IS NULL` });
    return [...entries, ...(await this.read(rest, first + entries.length - before, size - entries.length))];
  }

  /** A database reads all that it skips: the second half of a list is read from its end. */
  private async readDeep(rows: Rows, first: number, size: number): Promise<TokenEntity[]> {
    const total = await this.count(rows);
    if (first < total / 2) return this.read(rows, first, size);
    const length = Math.min(size, total - first);
    if (length <= 0) return [];
    const direction = rows.order.direction === 'ASC' ? 'DESC' : 'ASC';
    const fromEnd = { ...rows, order: { ...rows.order, direction } } as const;
    return (await this.read(fromEnd, total - first - length, length)).toReversed();
  }

  private async read(rows: Rows, first: number, size: number): Promise<TokenEntity[]> {
    const { direction } = rows.order;
    // MySQL is faster along the index, at least with the rows of other tokens in memory.
    const isScan = this.dialect === 'postgres' && rows.conditions.some(({ isRare }) => isRare);
    const by = isScan ? rows.order.unindexed : rows.order.by;
    // The indexes of SQLite end with the rowid, which has the order of creation; those of MySQL with the id.
    const last = this.dialect === 'sqlite' ? 'token.rowid' : 'token.id';
    return this.select(rows).orderBy(by, direction).addOrderBy(last, direction).offset(first).limit(size).getMany();
  }

  private async count(rows: Rows): Promise<number> {
    const filter = JSON.stringify(rows.conditions.map(({ sql, parameters }) => [sql, parameters]));
    const [only, ...others] = rows.conditions;
    const isCovered = only?.counted !== undefined && others.length === 0;
    const counted = isCovered ? { ...rows, conditions: [{ ...only, sql: only.counted }] } : rows;
    return this.counts.of(filter, async () => this.select(counted).getCount());
  }

  private async assertReadable(rows: Rows): Promise<void> {
    if (this.dialect !== 'sqlite') return;
    const { conditions, order } = rows;
    const scan = conditions.find(({ isScan }) => isScan);
    const field = order.isIndexed ? (scan ?? conditions.find((one) => one.field))?.field : 'sort';
    if (field === undefined) return;
    const read = this.select({ ...rows, conditions: conditions.filter(({ isScan }) => !isScan) });
    const some = read.select('1', 'one').limit(MAX_SCAN + 1);
    const counted = this.tokens.manager.createQueryBuilder().from(`(${some.getQuery()})`, 'some');
    counted.select('count(*)', 'found').setParameters(some.getParameters());
    const row = await counted.getRawOne<{ found: number }>();
    if (row!.found > MAX_SCAN)
      throw errors.fieldInvalid(field, `needs a filter that leaves at most ${MAX_SCAN} tokens, such as projectId`);
  }

  private select({ conditions, nowMs }: Rows): SelectQueryBuilder<TokenEntity> {
    const builder = this.tokens.createQueryBuilder('token').setParameter('now', nowMs);
    for (const { sql, parameters } of conditions) builder.andWhere(`(${sql})`, parameters);
    return builder;
  }
}

const including = (rows: Rows, condition: Condition): Rows => ({
  ...rows,
  conditions: [...rows.conditions, condition],
});
