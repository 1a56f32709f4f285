import type { Actor } from '../../common/values/actor.js';
import type { Action } from '../../common/audit/audit.action.js';
import type { Json } from '../../common/audit/json.js';
import type { Outcome } from '../../common/audit/outcome.js';
import type { ManagementCall } from '../../common/audit/management.call.js';

export type { Outcome };

/** The old and the new value of each changed field, by its name in the API. Keys are there in their display form. */
export type Changes = Readonly<Record<string, { readonly from: Json; readonly to: Json }>>;

/** The subjects of a row. */
export interface Subjects {
  readonly projectId?: string;
  readonly tokenId?: string;
  /** Of an operator, a sink or another subject without a column of its own. */
  readonly subjectId?: string;
}

/** A row of the audit log before it has its place in the chain. */
export interface AuditDraft extends Subjects {
  readonly action: Action;
  /** Undefined for a stranger, who gets the kind `management_api` and no id. */
  readonly actor: Actor | undefined;
  readonly call: ManagementCall | undefined;
  readonly outcome: Outcome;
  /** The code of the refusal. */
  readonly reason?: string;
  readonly changes?: Changes;
  readonly metadata?: Readonly<Record<string, Json>>;
}
