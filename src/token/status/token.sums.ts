import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository, type SelectQueryBuilder } from 'typeorm';
import { type Dialect, dialectOf } from '../../database/dialect/dialect.js';
import { TokenEntity } from '../token.entity.js';
import { statusNameSql, statusSql } from './status.sql.js';
import { TOKEN_STATUSES, type TokenStatus } from './token.status.js';

/** Numbers of tokens by status, each token once. */
export type TokenCounts = Readonly<Record<TokenStatus, number>> & { readonly total: number };

/** Ids of projects; undefined = all. */
type Projects = ReadonlySet<string> | undefined;
type Row = Record<string, number | string | null>;

/** The counts of a project without tokens. */
export const NO_TOKENS: TokenCounts = {
  revoked: 0,
  expired: 0,
  project_inactive: 0,
  exhausted: 0,
  withering: 0,
  active: 0,
  total: 0,
};
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
    if (this.dialect !== 'sqlite' || projects !== undefined) return countsOf(await all.getRawMany<Row>());
    const newest = this.tokens.createQueryBuilder('token').select('max(token.rowid)', 'id');
    const last = Number((await newest.getRawOne<Row>())?.['id'] ?? 0);
    let sum = NO_TOKENS;
    for (let from = 0; from < last; from += ROWS_A_TURN) {
      const part = all.clone().andWhere('token.rowid > :from AND token.rowid <= :to', { from, to: from + ROWS_A_TURN });
      sum = added(sum, countsOf(await part.getRawMany<Row>()));
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
      const each = part.addSelect('token.project_id', 'project').addGroupBy('token.project_id');
      for (const row of await each.getRawMany<Row>()) {
        const project = String(row['project']);
        found.set(project, added(found.get(project) ?? NO_TOKENS, countsOf([row])));
      }
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

  /** A row for each status that some token has. */
  private counting(projects: Projects, nowMs: number): SelectQueryBuilder<TokenEntity> {
    return this.select(projects, nowMs)
      .select(statusNameSql(this.dialect), 'token_status')
      .addSelect('count(*)', 'tokens')
      .groupBy('token_status');
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

function countsOf(rows: readonly Row[]): TokenCounts {
  const found = new Map(rows.map((row) => [row['token_status'], Number(row['tokens'])]));
  const counts = Object.fromEntries(TOKEN_STATUSES.map((status) => [status, found.get(status) ?? 0]));
  const total = TOKEN_STATUSES.reduce((sum, status) => sum + counts[status]!, 0);
  return { ...counts, total } as unknown as TokenCounts;
}

const added = (one: TokenCounts, other: TokenCounts): TokenCounts =>
  Object.fromEntries(
    [...TOKEN_STATUSES, 'total' as const].map((name) => [name, one[name] + other[name]]),
  ) as unknown as TokenCounts;
