import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

const GRANT = 'CASE WHEN max_requests IS NULL THEN ?1 ELSE min(?1, max_requests - request_count) END';

/** Takes up to ?1 requests if the token may be used at ?2. One statement: nothing can come between the check and the count. */
const TAKE = `
  UPDATE tokens SET last_grant = ${GRANT}, request_count = request_count + ${GRANT}, last_used_at = ?2
  WHERE id = ?3 AND is_active = 1 AND expires_at > ?2 AND (max_requests IS NULL OR request_count < max_requests)
    AND EXISTS (SELECT 1 FROM projects WHERE projects.id = tokens.project_id AND projects.is_active = 1 AND projects.deleted_at IS NULL)
  RETURNING last_grant`;

const GIVE_BACK = 'UPDATE tokens SET request_count = request_count - ?1 WHERE id = ?2 AND request_count >= ?1';

const ADD =
  'UPDATE tokens SET request_count = request_count + ?1, last_used_at = max(coalesce(last_used_at, 0), ?2) WHERE id = ?3';

export interface Usage {
  tokenId: string;
  requests: number;
  lastUsedAt: number;
}

/** The ledger's statements. Explicit SQL: they are the product's promise and are read as such. */
@Injectable()
export class LedgerSql {
  constructor(private readonly dataSource: DataSource) {}

  /** How many of `wanted` requests were granted and are now counted, durably; 0 when the token may not be used. */
  async take(tokenId: string, wanted: number, nowMs: number): Promise<number> {
    const rows: { last_grant: number }[] = await this.dataSource.query(TAKE, [wanted, nowMs, tokenId]);
    return rows[0]?.last_grant ?? 0;
  }

  async giveBack(tokenId: string, requests: number): Promise<void> {
    await this.dataSource.query(GIVE_BACK, [requests, tokenId]);
  }

  /** Adds what uncapped tokens used; all or nothing. */
  async add(usages: Usage[]): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      for (const { requests, lastUsedAt, tokenId } of usages) await manager.query(ADD, [requests, lastUsedAt, tokenId]);
    });
  }
}
