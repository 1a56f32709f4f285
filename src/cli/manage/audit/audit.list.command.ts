import { Option, SubCommand } from 'nest-commander';
import type { AuditRow } from '../../../audit/row/audit.row.js';
import { wholeNumber } from '../../terminal/option.values.js';
import type { ManagementClient, Query } from '../management.client.js';
import { AuditFilterCommand, type AuditFilterOptions, auditQuery } from './audit.filter.options.js';
import { auditTable } from './audit.output.js';

const DEFAULT_LIMIT = 50;
const MAX_PAGE = 100;

interface Page {
  events: AuditRow[];
  pagination: { next_before?: number };
}

@SubCommand({ name: 'list', aliases: ['ls'], description: 'list rows of the audit log, newest first' })
export class AuditList extends AuditFilterCommand {
  override readonly examples = [
    'manage audit list --action token.revoke --since 7d',
    'manage audit list --outcome denied --limit 200 --json',
  ];

  async run(_: string[], options: AuditFilterOptions & { limit?: number }): Promise<void> {
    const { limit = DEFAULT_LIMIT } = options;
    await this.callAndPrint(options, async (api) => newest(api, await auditQuery(api, options), limit), auditTable);
  }

  @Option({ flags: '--limit <n>', description: 'rows (default: 50)' })
  parseLimit(value: string): number {
    return wholeNumber('--limit', value, 1);
  }

  @Option({ flags: '--wide', description: 'print full values at a terminal, as into a pipe' })
  parseWide(): true {
    return true;
  }
}

/** A page may have fewer rows than asked for: the search goes on where it ended. */
async function newest(api: ManagementClient, query: Query, limit: number): Promise<AuditRow[]> {
  const rows: AuditRow[] = [];
  for (let before: number | undefined; ;) {
    const size = Math.min(limit - rows.length, MAX_PAGE);
    const { events, pagination } = await api.report<Page>('audit', { ...query, before, page_size: size });
    rows.push(...events);
    const next = pagination.next_before;
    if (next === undefined || rows.length >= limit || (before !== undefined && next >= before)) return rows;
    before = next;
  }
}
