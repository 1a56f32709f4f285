import { Injectable } from '@nestjs/common';
import { AuditChain } from '../audit/audit.chain.js';
import type { AuditDraft } from '../audit/row/audit.draft.js';
import { errors } from '../common/errors/errors.js';
import { Changes } from './changes.js';

/** Rows of the audit log beside those of changes: refusals, and what the server does. */
@Injectable()
export class AuditTrail {
  constructor(
    private readonly chain: AuditChain,
    private readonly changes: Changes,
  ) {}

  /** False: no rows are written. */
  get isOn(): boolean {
    return this.chain.isOn;
  }

  /** A row by itself. Resolves when it is committed. Throws `audit_unavailable`. */
  async write(draft: AuditDraft): Promise<void> {
    if (!this.isOn) {
      if (draft.call) draft.call.rows += 1;
      return;
    }
    await this.changes.record([draft]).catch((error: unknown) => {
      throw errors.auditUnavailable(error);
    });
  }

  /** As `write`, for a refused credential or role. */
  async denied(draft: AuditDraft): Promise<void> {
    await this.write(draft);
  }
}
