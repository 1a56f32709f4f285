import { SubCommand } from 'nest-commander';
import type { AuditRow } from '../../../audit/row/audit.row.js';
import { isUuid } from '../../../common/rest/uuid.js';
import { usageError } from '../../terminal/cli.error.js';
import { ManageCommand, type ManageOptions } from '../manage.command.js';
import { auditFields } from './audit.output.js';

@SubCommand({
  name: 'get',
  aliases: ['show'],
  arguments: '<row>',
  argsDescription: { row: 'id or number' },
  description: 'show a row of the audit log',
})
export class AuditGet extends ManageCommand {
  override readonly examples = ['manage audit get 1842', 'manage audit get 1842 --json'];
  protected override readonly docs = 'docs/security/audit.md';

  async run([row = '']: string[], options: ManageOptions): Promise<void> {
    const id = row.replace(/^#/, '');
    if (!isUuid(id) && !/^[1-9]\d{0,14}$/.test(id))
      throw usageError('<row> must be the id of a row, a UUID, or its number');
    await this.callAndPrint(options, async (api) => api.get<AuditRow>(`audit/${id}`), auditFields);
  }
}
