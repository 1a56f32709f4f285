import { Command } from 'nest-commander';
import { CommandGroup } from '../terminal/cli.command.js';
import { MigrateDown } from './migrate.down.js';
import { MigrateImport } from './migrate.import.js';
import { MigrateRebuild, MigrateStatus, MigrateUp } from './migrate.schema.js';
import { MigrateEncrypt, MigrateEncryptStatus, MigrateRotate } from './migrate.keys.js';

const COMMANDS = [
  MigrateUp,
  MigrateDown,
  MigrateStatus,
  MigrateRebuild,
  MigrateEncrypt,
  MigrateEncryptStatus,
  MigrateRotate,
  MigrateImport,
];

@Command({
  name: 'migrate',
  description: 'maintain the database: schema, encryption, import',
  subCommands: COMMANDS,
})
export class MigrateGroup extends CommandGroup {
  override readonly examples = ['migrate status', 'migrate up'];
  protected override readonly docs = 'docs/deployment/databases.md';
}

export const MIGRATE_COMMANDS = [MigrateGroup, ...COMMANDS];
