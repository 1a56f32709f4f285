import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository, type SelectQueryBuilder } from 'typeorm';
import { type Dialect, dialectOf } from '../../database/dialect/dialect.js';
import { TokenEntity } from '../token.entity.js';
import { statusSql } from './status.sql.js';
import { TOKEN_STATUSES, type TokenStatus } from './token.status.js';

/** Numbers of tokens by status, each token once. */
export type TokenCounts = Readonly<Record<TokenStatus, number>> & { readonly total: number };

/** Ids of projects; undefined = all. */
type Projects = ReadonlySet<string> | undefined;
type Row = Record<string, number | string | null>;

export const NO_TOKENS: TokenCounts = {
  revoked: 0,
  expired: 0,
  project_inactive: 0,
  exhausted: 0,
  withering: 0,
  active: 0,
  total: 0,
};
/** Every token has exactly one status: the active ones are those that are left. */
const COUNTED = TOKEN_STATUSES.filter((status) => status !== 'active');
/** SQLite reads so many rows at a time: it works in the thread that serves requests. */
const ROWS_A_TURN = 20_000;
const PROJECTS_A_TURN = 25;

/** Counts tokens by status, and finds those that end soon. */
@Injectable()
export class TokenSums {
  constructor(@InjectRepository(TokenEntity) private readonly tokens: Repository<TokenEntity>) {}

  /** Of these projects, at an instant in milliseconds. */
  async counts(projects: Projects, nowMs: number): Promise<TokenCounts> {
    if (projects?.size === 0) return NO_TOKENS;
    const all = this.counting(projects, nowMs);
    if (this.dialect !== 'sqlite' || projects !== undefined) return countsOf(await all.getRawOne<Row>());
    const newest = this.tokens.createQueryBuilder('token').select('max(token.rowid)', 'id');
    const last = Number((await newest.getRawOne<Row>())?.['id'] ?? 0);
    let sum = NO_TOKENS;
    for (let from = 0; from < last; from += ROWS_A_TURN) {
      const part = all.clone().andWhere('token.rowid > :from AND token.rowid <= :to', { from, to: from + ROWS_A_TURN });
      sum = added(sum, countsOf(await part.getRawOne<Row>()));
      await nextTurn();
    }
    return sum;
  }

  /** Of each of these projects; one without tokens is absent. */
  async countsByProject(projects: ReadonlySet<string>, nowMs: number): Promise<ReadonlyMap<string, TokenCounts>> {
    const found = new Map<string, TokenCounts>();
    const ids = [...projects];
    for (let from = 0; from < ids.length; from += PROJECTS_A_TURN) {
      const part = this.counting(new Set(ids.slice(from, from + PROJECTS_A_TURN)), nowMs);
      const each = part.addSelect('token.project_id', 'project').groupBy('token.project_id');
      for (const row of await each.getRawMany<Row>()) found.set(String(row['project']), countsOf(row));
      if (this.dialect === 'sqlite') await nextTurn();
    }
    return found;
  }

  /** The `limit` withering tokens that expire first. */
  async soonest(projects: Projects, nowMs: number, limit: number): Promise<TokenEntity[]> {
    if (projects?.size === 0) return [];
    const { withering } = statusSql(this.dialect);
    return this.select(projects, nowMs).andWhere(withering).orderBy('token.expires_at').limit(limit).getMany();
  }

  private counting(projects: Projects, nowMs: number): SelectQueryBuilder<TokenEntity> {
    const conditions = statusSql(this.dialect);
    const counts = this.select(projects, nowMs).select('count(*)', 'total');
    for (const status of COUNTED) counts.addSelect(`sum(CASE WHEN ${conditions[status]} THEN 1 ELSE 0 END)`, status);
    return counts;
  }

  private select(projects: Projects, nowMs: number): SelectQueryBuilder<TokenEntity> {
    const builder = this.tokens.createQueryBuilder('token').setParameter('now', nowMs);
    if (projects) builder.where('token.project_id IN (:...projects)', { projects: [...projects] });
    return builder;
  }

  private get dialect(): Dialect {
    return dialectOf(this.tokens.manager.dataSource);
  }
}

function countsOf(row: Row | undefined): TokenCounts {
  const of = (name: string): number => Number(row?.[name] ?? 0);
  const counts = Object.fromEntries(COUNTED.map((status) => [status, of(status)])) as Record<TokenStatus, number>;
  const total = of('total');
  return { ...counts, active: COUNTED.reduce((left, status) => left - counts[status], total), total };
}

const added = (one: TokenCounts, other: TokenCounts): TokenCounts =>
  Object.fromEntries(
    [...TOKEN_STATUSES, 'total' as const].map((name) => [name, one[name] + other[name]]),
  ) as unknown as TokenCounts;
