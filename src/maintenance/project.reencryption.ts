import { IsNull, MoreThan, Not, type Repository } from 'typeorm';
import type { SecretCipher } from '../crypto/secret.cipher.js';
import { formOfKey, type StoredForm } from '../crypto/stored.form.js';
import { retryWhileBusy } from '../database/retry.js';
import type { ProjectEntity } from '../project/project.entity.js';
import { keyLocation } from '../project/upstream.key.js';

const CHUNK = 100;

export interface Reencryption {
  /** Number of values that this run encrypted with the current key. */
  moved: number;
  /** Ids of the projects whose upstream key cannot be decrypted; it stays as it is. */
  unreadable: string[];
}

/** An upstream key as it is stored. */
interface StoredKey {
  id: string;
  apiKey: string;
}

/**
 * Re-encrypts the upstream keys of all projects beside running servers. Each row is updated by a statement of its own, and
 * only if it still has the value that was read: a concurrent change is never undone, and an interrupted run can be repeated.
 */
export class ProjectReencryption {
  constructor(
    private readonly projects: Repository<ProjectEntity>,
    private readonly cipher: SecretCipher,
  ) {}

  /** Re-encrypts the values of the `wanted` forms with the current key. Repeats until no value changed during a pass. */
  async reencrypt(wanted: (form: StoredForm) => boolean): Promise<Reencryption> {
    let moved = 0;
    for (;;) {
      const pass = { moved: 0, conflicts: 0, unreadable: [] as string[] };
      for await (const key of this.keys()) if (wanted(formOfKey(key.apiKey))) await this.reencryptOne(key, pass);
      moved += pass.moved;
      if (pass.conflicts === 0) return { moved, unreadable: pass.unreadable };
    }
  }

  /** Counts the values by stored form, and lists the projects whose value cannot be decrypted. */
  async summary(): Promise<{ forms: Map<string, number>; unreadable: string[] }> {
    const forms = new Map<string, number>();
    const unreadable: string[] = [];
    for await (const key of this.keys()) {
      const { kind, keyId = '' } = formOfKey(key.apiKey);
      const name = `${kind} ${keyId}`.trim();
      forms.set(name, (forms.get(name) ?? 0) + 1);
      if (this.decrypt(key) === undefined) unreadable.push(key.id);
    }
    return { forms, unreadable };
  }

  private async reencryptOne(key: StoredKey, pass: Reencryption & { conflicts: number }): Promise<void> {
    const text = this.decrypt(key);
    if (text === undefined) return void pass.unreadable.push(key.id);
    const encrypted = this.cipher.encrypt(text, keyLocation(key.id));
    const { affected } = await retryWhileBusy(async () => this.projects.update({ ...key }, { apiKey: encrypted }));
    if (affected === 0) pass.conflicts += 1;
    else pass.moved += 1;
  }

  private decrypt({ id, apiKey }: StoredKey): string | undefined {
    return this.cipher.tryDecrypt(apiKey, keyLocation(id));
  }

  private async *keys(): AsyncGenerator<StoredKey> {
    for (let after = ''; ;) {
      const where = { id: MoreThan(after), apiKey: Not(IsNull()) };
      const select = { id: true, apiKey: true } as const;
      const rows = await retryWhileBusy(async () =>
        this.projects.find({ where, select, order: { id: 'ASC' }, take: CHUNK }),
      );
      for (const { id, apiKey } of rows) if (apiKey !== null) yield { id, apiKey };
      if (rows.length < CHUNK) return;
      after = rows.at(-1)!.id;
    }
  }
}
