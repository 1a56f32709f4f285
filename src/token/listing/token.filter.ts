import { type Actor, sees } from '../../common/values/actor.js';
import { queryInstantOf } from '../../common/rest/date.time.js';
import { errors } from '../../common/errors/errors.js';
import type { Dialect } from '../../database/dialect/dialect.js';
import { labelCondition } from '../../project/labels/label.table.js';
import { liveSql, statusNameSql, statusSql } from '../status/status.sql.js';
import type { Condition } from './condition.js';
import type { TokenQuery } from './token.query.js';
import { searchConditions } from './token.search.js';

/** What no row is. */
const NOTHING: Condition = { sql: '1 = 0' };
/** An index has these. */
const INDEXED_STATUSES = new Set(['revoked', 'expired']);

/** The conditions of a list. `:now` is a parameter of some of them. Throws `validation_failed`. */
export function conditionsOf(actor: Actor, query: TokenQuery, dialect: Dialect): Condition[] {
  const isLive = only(query.activeOnly, query.active_only, 'active_only') ?? false;
  if (isLive && query.status) throw errors.fieldInvalid('activeOnly', 'and status exclude each other');
  return [
    ...projectConditions(actor, only(query.projectId, query.project_id, 'project_id')?.toLowerCase()),
    ...(isLive ? [{ sql: liveSql(dialect), counted: 'token.is_active = TRUE AND token.expires_at > :now' }] : []),
    ...statusConditions(query, dialect),
    ...searchConditions(query),
    ...timeConditions(query),
    ...(query.owner === undefined ? [] : [ownerCondition(query.owner)]),
    ...(query.label ?? []).map((label, i) => ({
      ...labelCondition('token', 'token.id', label, `label${i}`),
      field: 'label',
    })),
  ];
}

/** A parameter that has two spellings. Throws `validation_failed` for two values. */
function only<T>(value: T | undefined, other: T | undefined, otherName: string): T | undefined {
  if (value !== undefined && other !== undefined && value !== other)
    throw errors.fieldInvalid(otherName, 'has another spelling with another value');
  return value ?? other;
}

/** Nothing when the query names a project that the actor does not see. */
function projectConditions(actor: Actor, projectId: string | undefined): Condition[] {
  if (projectId !== undefined) {
    if (!sees(actor, projectId)) return [NOTHING];
    return [{ sql: 'token.project_id = :projectId', parameters: { projectId } }];
  }
  if (!actor.projects) return [];
  const projects = [...actor.projects];
  return projects.length === 0 ? [NOTHING] : [{ sql: 'token.project_id IN (:...projects)', parameters: { projects } }];
}

function statusConditions({ status }: TokenQuery, dialect: Dialect): Condition[] {
  if (!status) return [];
  const statuses = statusSql(dialect);
  const sql = status.map((one) => `(${statuses[one]})`).join(' OR ');
  const isScan = !status.every((one) => INDEXED_STATUSES.has(one));
  const counted = `${statusNameSql(dialect)} IN (${status.map((one) => `'${one}'`).join(', ')})`;
  const isRare = status.every((one) => one === 'exhausted');
  return [{ sql, field: 'status', isScan, isRare, ...(isScan && { counted }) }];
}

function timeConditions({ unused_since, expires_before }: TokenQuery): Condition[] {
  const [unusedSince, expiresBefore] = [unused_since, expires_before].map((text) => text && queryInstantOf(text));
  return [
    ...(expiresBefore === undefined
      ? []
      : [{ sql: 'token.expires_at < :expiresBefore', parameters: { expiresBefore }, field: 'expires_before' }]),
    ...(unusedSince === undefined
      ? []
      : [
          {
            sql: '(token.last_used_at < :unusedSince OR (token.last_used_at IS NULL AND token.created_at < :unusedSince))',
            parameters: { unusedSince },
            field: 'unused_since',
            isScan: true,
          },
        ]),
  ];
}

const ownerCondition = (owner: string): Condition => ({
  sql: 'token.owner = :owner',
  parameters: { owner },
  field: 'owner',
  isScan: true,
});
