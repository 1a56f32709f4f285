import { orderOf, sortsOf } from '../../common/rest/sort.order.js';

const FIELDS = ['created_at', 'expires_at', 'last_used_at', 'request_count', 'remaining_requests', 'name'] as const;

/** Orders of a list of tokens, as `sort` names them. */
export const TOKEN_SORTS = sortsOf(FIELDS);
export type TokenSort = (typeof TOKEN_SORTS)[number];

/** An order over the alias `token`. */
export interface TokenOrder {
  readonly by: string;
  readonly direction: 'ASC' | 'DESC';
  /** The column without which `by` has no value. Such rows come last, in both directions. */
  readonly nullable: string | undefined;
  /** Whether an index has this order. */
  readonly isIndexed: boolean;
  /** The same order as a value that no index has. */
  readonly unindexed: string;
}

type Column = Pick<TokenOrder, 'by' | 'isIndexed'> & Partial<Pick<TokenOrder, 'nullable' | 'unindexed'>>;

/** What a take writes has no index: PostgreSQL would write one with every request. */
const COLUMNS: Record<(typeof FIELDS)[number], Column> = {
  created_at: { by: 'token.created_at', isIndexed: true, unindexed: 'token.created_at + 0' },
  expires_at: { by: 'token.expires_at', isIndexed: true, unindexed: 'token.expires_at + 0' },
  last_used_at: { by: 'token.last_used_at', isIndexed: false, nullable: 'token.last_used_at' },
  request_count: { by: 'token.request_count', isIndexed: false },
  remaining_requests: {
    by: 'token.max_requests - token.request_count',
    isIndexed: false,
    nullable: 'token.max_requests',
  },
  name: {
    by: 'token.name_lower',
    isIndexed: true,
    nullable: 'token.name_lower',
    unindexed: "concat(token.name_lower, '')",
  },
};

export function tokenOrder(sort: TokenSort): TokenOrder {
  const { field, direction } = orderOf(sort);
  const column = COLUMNS[field];
  return { nullable: undefined, unindexed: column.by, ...column, direction };
}
