import { SubCommand } from 'nest-commander';
import type { KeyRotation } from '../../maintenance/key.rotation.js';
import type { Reencryption } from '../../maintenance/project.reencryption.js';
import { failure } from '../terminal/cli.error.js';
import {
  reencryptionText,
  reencryptionView,
  rotationText,
  rotationView,
  statusText,
  statusView,
  unreadableProblem,
} from './migrate.output.js';
import { DatabaseCommand, type DatabaseOptions } from './database.command.js';

abstract class KeyCommand extends DatabaseCommand {
  protected async withKeys<T>(options: DatabaseOptions, work: (keys: KeyRotation) => Promise<T>): Promise<T> {
    return this.withSession(options, async ({ dataSource, ring }) => {
      const { KeyRotation } = await import('../../maintenance/key.rotation.js');
      return work(new KeyRotation(dataSource, ring, Date.now()));
    });
  }

  /** Work that changes rows, between its two rows of the audit log. */
  protected async audited<T extends Reencryption>(
    options: DatabaseOptions,
    command: string,
    work: (keys: KeyRotation) => Promise<T>,
  ): Promise<T> {
    return this.withSession(options, async ({ dataSource, ring, config }) => {
      const { KeyRotation } = await import('../../maintenance/key.rotation.js');
      const { CommandAudit } = await import('../../maintenance/command.audit.js');
      const keys = { command, key_id: ring.keyId ?? null, previous_key_id: ring.previous?.id ?? null };
      return new CommandAudit(dataSource, config).around(
        'key.rotate',
        keys,
        async () => work(new KeyRotation(dataSource, ring, Date.now())),
        ({ moved, unreadable }) => ({ moved, unreadable: unreadable.length }),
      );
    });
  }

  /** Throws when a stored key cannot be decrypted. Called last: the result is printed first. */
  protected assertReadable(unreadable: readonly string[]): void {
    if (unreadable.length > 0) throw failure(unreadableProblem(unreadable));
  }
}

@SubCommand({ name: 'encrypt', description: 'encrypt upstream keys that are stored in clear or in an older form' })
export class MigrateEncrypt extends KeyCommand {
  override readonly examples = ['migrate encrypt'];
  protected override readonly docs = 'docs/security/encryption.md';

  async run(_: string[], options: DatabaseOptions): Promise<void> {
    const result = reencryptionView(await this.audited(options, 'encrypt', async (keys) => keys.encrypt()));
    this.print(options, result, reencryptionText);
    this.assertReadable(result.unreadable);
  }
}

@SubCommand({
  name: 'encrypt-status',
  description: 'show how keys and tokens are stored; exit code 1 if there is something to do',
})
export class MigrateEncryptStatus extends KeyCommand {
  override readonly examples = ['migrate encrypt-status', 'migrate encrypt-status --json'];
  protected override readonly docs = 'docs/security/encryption.md';

  async run(_: string[], options: DatabaseOptions): Promise<void> {
    const result = statusView(await this.withKeys(options, async (keys) => keys.status()));
    this.print(options, result, statusText);
    if (result.left.length > 0) throw failure(result.left.join('; '));
  }
}

@SubCommand({ name: 'rotate', description: 're-encrypt upstream keys of ENCRYPTION_KEY_PREVIOUS with ENCRYPTION_KEY' })
export class MigrateRotate extends KeyCommand {
  override readonly examples = ['migrate rotate'];
  protected override readonly docs = 'docs/security/encryption.md';

  async run(_: string[], options: DatabaseOptions): Promise<void> {
    const result = rotationView(await this.audited(options, 'rotate', async (keys) => keys.rotate()));
    this.print(options, result, rotationText);
    this.assertReadable(result.unreadable);
  }
}
