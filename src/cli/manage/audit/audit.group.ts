import { SubCommand } from 'nest-commander';
import { CommandGroup } from '../../terminal/cli.command.js';
import { AuditExportCommand } from './audit.export.command.js';
import { AuditGet } from './audit.get.command.js';
import { AuditHeadCommand } from './audit.head.command.js';
import { AuditList } from './audit.list.command.js';
import { AuditVerify } from './audit.verify.command.js';

export const AUDIT_COMMANDS = [AuditList, AuditGet, AuditVerify, AuditExportCommand, AuditHeadCommand];

@SubCommand({
  name: 'audit',
  description: 'read, verify and export the audit log: who did what',
  subCommands: AUDIT_COMMANDS,
})
export class AuditGroup extends CommandGroup {
  override readonly examples = ['manage audit list --since 7d', 'manage audit verify --head head.json'];
  protected override readonly docs = 'docs/security/audit.md';
}
