import { Injectable } from '@nestjs/common';
import { AuditChain } from '../audit/audit.chain.js';
import type { AuditDraft } from '../audit/row/audit.draft.js';
import { errors } from '../common/errors/errors.js';
import { Changes } from './changes.js';
import { DeniedRows } from './denied.rows.js';

/** Rows of the audit log beside those of changes: refusals, and what the server does. */
@Injectable()
export class AuditTrail {
  constructor(
    private readonly chain: AuditChain,
    private readonly changes: Changes,
    private readonly deniedRows: DeniedRows,
  ) {}

  /** False: no rows are written. */
  get isOn(): boolean {
    return this.chain.isOn;
  }

  /** A row by itself. Resolves when it is committed. Throws `audit_unavailable`. */
  async write(draft: AuditDraft): Promise<void> {
    await this.commit(draft, async () => this.changes.record([draft]));
  }

  /** As `write`, for a refused credential or role. Of strangers a bounded number has rows. */
  async denied(draft: AuditDraft): Promise<void> {
    if (draft.actor) return this.write(draft);
    await this.commit(draft, async () => this.deniedRows.write(draft));
  }

  private async commit({ call }: AuditDraft, write: () => Promise<void>): Promise<void> {
    if (this.isOn)
      return write().catch((error: unknown) => {
        throw errors.auditUnavailable(error);
      });
    if (call) call.rows += 1;
  }
}
