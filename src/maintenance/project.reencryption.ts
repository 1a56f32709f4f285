import { IsNull, MoreThan, Not, type Repository } from 'typeorm';
import type { SecretCipher } from '../crypto/secret.cipher.js';
import { formOfKey, type StoredForm } from '../crypto/stored.form.js';
import { retryWhileBusy } from '../database/retry.js';
import type { ProjectEntity } from '../project/project.entity.js';
import { API_KEY_COLUMN } from '../project/upstream.key.js';

const CHUNK = 100;

export interface Reencryption {
  /** Values that are sealed with the current key now and were not before. */
  moved: number;
  /** The projects whose stored key does not open; it is left as it is. */
  unreadable: string[];
}

/** An upstream key as it is stored. */
interface StoredKey {
  id: string;
  apiKey: string;
}

/**
 * Reads and reseals all upstream keys beside running servers. A row is written only if it still holds what was read, each
 * in a statement of its own: a change of an operator is never undone, and whoever stops this can start it again.
 */
export class ProjectReencryption {
  constructor(
    private readonly projects: Repository<ProjectEntity>,
    private readonly cipher: SecretCipher,
  ) {}

  /** Moves the values of the `wanted` forms under the current key; done when none is left that opens. */
  async move(wanted: (form: StoredForm) => boolean): Promise<Reencryption> {
    let moved = 0;
    for (;;) {
      const pass = { moved: 0, overtaken: 0, unreadable: [] as string[] };
      for await (const key of this.keys()) if (wanted(formOfKey(key.apiKey))) await this.moveOne(key, pass);
      moved += pass.moved;
      if (pass.overtaken === 0) return { moved, unreadable: pass.unreadable };
    }
  }

  /** How the values rest, by form, and which of them do not open. */
  async census(): Promise<{ forms: Map<string, number>; unreadable: string[] }> {
    const forms = new Map<string, number>();
    const unreadable: string[] = [];
    for await (const key of this.keys()) {
      const { kind, keyId = '' } = formOfKey(key.apiKey);
      const name = `${kind} ${keyId}`.trim();
      forms.set(name, (forms.get(name) ?? 0) + 1);
      if (this.open(key) === undefined) unreadable.push(key.id);
    }
    return { forms, unreadable };
  }

  private async moveOne(key: StoredKey, pass: Reencryption & { overtaken: number }): Promise<void> {
    const text = this.open(key);
    if (text === undefined) return void pass.unreadable.push(key.id);
    const sealed = this.cipher.encrypt(text, { projectId: key.id, column: API_KEY_COLUMN });
    const { affected } = await retryWhileBusy(async () => this.projects.update({ ...key }, { apiKey: sealed }));
    if (affected === 0) pass.overtaken += 1;
    else pass.moved += 1;
  }

  private open({ id, apiKey }: StoredKey): string | undefined {
    try {
      return this.cipher.decrypt(apiKey, { projectId: id, column: API_KEY_COLUMN });
    } catch {
      return undefined;
    }
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
