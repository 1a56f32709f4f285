import { SubCommand } from 'nest-commander';
import type { KeyRotation } from '../../maintenance/key.rotation.js';
import { failed } from '../terminal/cli.error.js';
import {
  resealText,
  resealView,
  rotationText,
  rotationView,
  statusText,
  statusView,
  unreadableFault,
} from './migrate.output.js';
import { DatabaseCommand, type DatabaseOptions } from './database.command.js';

abstract class KeyCommand extends DatabaseCommand {
  protected async withKeys<T>(options: DatabaseOptions, work: (keys: KeyRotation) => Promise<T>): Promise<T> {
    return this.withStore(options, async ({ dataSource, ring }) => {
      const { KeyRotation } = await import('../../maintenance/key.rotation.js');
      return work(new KeyRotation(dataSource, ring, Date.now()));
    });
  }

  /** Ends as failed when a stored key does not open, after what could be done has been told. */
  protected assertReadable(unreadable: readonly string[]): void {
    if (unreadable.length > 0) throw failed(unreadableFault(unreadable));
  }
}

@SubCommand({ name: 'encrypt', description: 'seal upstream keys that rest in clear or in an older form' })
export class MigrateEncrypt extends KeyCommand {
  async run(_: string[], options: DatabaseOptions): Promise<void> {
    const result = resealView(await this.withKeys(options, async (keys) => keys.encrypt()));
    this.print(options, result, resealText);
    this.assertReadable(result.unreadable);
  }
}

@SubCommand({ name: 'encrypt-status', description: 'how keys and tokens rest; fails when something is left to do' })
export class MigrateEncryptStatus extends KeyCommand {
  async run(_: string[], options: DatabaseOptions): Promise<void> {
    const result = statusView(await this.withKeys(options, async (keys) => keys.status()));
    this.print(options, result, statusText);
    if (result.left.length > 0) throw failed(result.left.join('; '));
  }
}

@SubCommand({ name: 'rotate', description: 'move upstream keys from ENCRYPTION_KEY_PREVIOUS to ENCRYPTION_KEY' })
export class MigrateRotate extends KeyCommand {
  async run(_: string[], options: DatabaseOptions): Promise<void> {
    const result = rotationView(await this.withKeys(options, async (keys) => keys.rotate()));
    this.print(options, result, rotationText);
    this.assertReadable(result.unreadable);
  }
}
