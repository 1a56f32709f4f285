import type { DataSource, EntityManager } from 'typeorm';
import { EXIT, StartupError } from '../common/errors/startup.error.js';
import type { KeyRing } from '../crypto/key.ring.js';
import { SecretCipher } from '../crypto/secret.cipher.js';
import type { StoredForm } from '../crypto/stored.form.js';
import { ProjectEntity } from '../project/project.entity.js';
import { assertUpstreamKeysOpen } from '../project/project.key.check.js';
import { ProjectReencryption, type Reencryption } from './project.reencryption.js';
import { type TokenForm, tokenForms } from './token.summary.js';
import { assertTokensKnown } from '../token/token.key.check.js';

export interface Rotation extends Reencryption {
  /** Tokens that only the previous key knows: they move when they are used. */
  waiting: number;
  /** When the last of those expires, in milliseconds. */
  lastExpiry: number | undefined;
}

export interface KeyStatus {
  keyId: string | undefined;
  previousKeyId: string | undefined;
  /** By `<form> <key id>`. */
  upstreamKeys: Map<string, number>;
  tokens: TokenForm[];
  /** The projects whose key does not open. */
  unreadable: string[];
}

/** Moves what the database holds from one form or key to the present one, and says how it rests. */
export class KeyRotation {
  private readonly reseal: ProjectReencryption;

  constructor(
    private readonly dataSource: DataSource,
    private readonly ring: KeyRing,
    private readonly nowMs: number,
  ) {
    this.reseal = new ProjectReencryption(dataSource.getRepository(ProjectEntity), new SecretCipher(ring));
  }

  /** Seals what rests in clear or as the Go system left it. Throws StartError without a key, or with one that does not fit. */
  async encrypt(): Promise<Reencryption> {
    if (!this.ring.current) throw refused('ENCRYPTION_KEY is not set: there is nothing to encrypt with');
    await assertKeysFit(this.dataSource.manager, this.ring, this.nowMs);
    return this.reseal.move(({ kind }) => kind === 'clear' || kind === 'enc:v1');
  }

  /** Seals with the current key what another one sealed, and names whatever does not open. Throws as `encrypt`, and without a previous key. */
  async rotate(): Promise<Rotation> {
    const { current, previous } = this.ring;
    if (!current || !previous)
      throw refused(
        'ENCRYPTION_KEY_PREVIOUS is not set: give it the old key and ENCRYPTION_KEY the new one, restart the servers, and rotate then',
      );
    await assertKeysFit(this.dataSource.manager, this.ring, this.nowMs);
    const { moved } = await this.reseal.move(
      ({ kind, keyId }: StoredForm) => kind === 'enc:v1' || (kind === 'enc:v2' && keyId !== current.id),
    );
    // Of every form: one under the current key may not open either.
    const { unreadable } = await this.reseal.census();
    const left = (await tokenForms(this.dataSource.manager, this.nowMs)).find(({ keyId }) => keyId === previous.id);
    return { moved, unreadable, waiting: left?.inUse ?? 0, lastExpiry: left?.lastExpiry };
  }

  async status(): Promise<KeyStatus> {
    const { forms, unreadable } = await this.reseal.census();
    return {
      keyId: this.ring.keyId,
      previousKeyId: this.ring.previous?.id,
      upstreamKeys: forms,
      tokens: await tokenForms(this.dataSource.manager, this.nowMs),
      unreadable,
    };
  }
}

/** Throws StartError for keys with which a server would not start on this database. */
export async function assertKeysFit(manager: EntityManager, ring: KeyRing, nowMs: number): Promise<void> {
  await assertUpstreamKeysOpen(manager, ring);
  await assertTokensKnown(manager, ring, nowMs);
}

const refused = (why: string): StartupError => new StartupError(EXIT.config, [why]);
