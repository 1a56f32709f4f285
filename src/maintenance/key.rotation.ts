import type { DataSource, EntityManager } from 'typeorm';
import { EXIT, StartupError } from '../common/errors/startup.error.js';
import type { KeyRing } from '../crypto/key.ring.js';
import { SecretCipher } from '../crypto/secret.cipher.js';
import type { StoredForm } from '../crypto/stored.form.js';
import { ProjectEntity } from '../project/project.entity.js';
import { assertUpstreamKeysOpen } from '../project/project.key.check.js';
import { assertOperatorsKnown } from '../operator/operator.key.check.js';
import { type OperatorSummary, summarizeOperators } from './operator.summary.js';
import { ProjectReencryption, type Reencryption } from './project.reencryption.js';
import { type TokenSummary, summarizeTokens } from './token.summary.js';
import { assertTokensKnown } from '../token/token.key.check.js';
import { ownCommand } from '../common/values/own.command.js';

export interface Rotation extends Reencryption {
  /** Tokens in use that are stored under the previous key. A token moves to the current key when it is used. */
  waiting: number;
  /** When the last waiting token expires, in milliseconds. */
  lastExpiry: number | undefined;
  /** The same of operators. */
  waitingOperators: number;
}

export interface KeyStatus {
  keyId: string | undefined;
  previousKeyId: string | undefined;
  /** By `<form> <key id>`. */
  upstreamKeys: Map<string, number>;
  tokens: TokenSummary[];
  operators: OperatorSummary[];
  /** Ids of the projects whose upstream key cannot be decrypted. */
  unreadable: string[];
}

/** Re-encrypts stored secrets with the current key, and reports in which form and under which key they are stored. */
export class KeyRotation {
  private readonly projects: ProjectReencryption;

  constructor(
    private readonly dataSource: DataSource,
    private readonly ring: KeyRing,
    private readonly nowMs: number,
  ) {
    this.projects = new ProjectReencryption(dataSource.getRepository(ProjectEntity), new SecretCipher(ring));
  }

  /** Encrypts values stored in clear or by the Go system. Throws StartupError without a key, or with a key that does not fit. */
  async encrypt(): Promise<Reencryption> {
    if (!this.ring.current)
      throw refused(
        `ENCRYPTION_KEY is not set: set it, restart the servers, then run \`${ownCommand('migrate encrypt')}\``,
      );
    await assertKeysFit(this.dataSource.manager, this.ring, this.nowMs);
    return this.projects.reencrypt(({ kind }) => kind === 'clear' || kind === 'enc:v1');
  }

  /** Re-encrypts values of the previous key with the current key. Throws StartupError like `encrypt`, and without a previous key. */
  async rotate(): Promise<Rotation> {
    const { current, previous } = this.ring;
    if (!current || !previous)
      throw refused(
        `ENCRYPTION_KEY_PREVIOUS is not set: set it to the old key and ENCRYPTION_KEY to the new key, restart the servers, then run \`${ownCommand('migrate rotate')}\``,
      );
    await assertKeysFit(this.dataSource.manager, this.ring, this.nowMs);
    const { moved } = await this.projects.reencrypt(
      ({ kind, keyId }: StoredForm) => kind === 'enc:v1' || (kind === 'enc:v2' && keyId !== current.id),
    );
    // Of all values: one that is stored under the current key may be damaged.
    const { unreadable } = await this.projects.summary();
    const isPrevious = ({ keyId }: StoredForm): boolean => keyId === previous.id;
    const tokens = (await summarizeTokens(this.dataSource.manager, this.nowMs)).find(isPrevious);
    const operators = (await summarizeOperators(this.dataSource.manager, this.nowMs)).find(isPrevious);
    return {
      moved,
      unreadable,
      waiting: tokens?.inUse ?? 0,
      lastExpiry: tokens?.lastExpiry,
      waitingOperators: operators?.inUse ?? 0,
    };
  }

  async status(): Promise<KeyStatus> {
    const { forms, unreadable } = await this.projects.summary();
    return {
      keyId: this.ring.keyId,
      previousKeyId: this.ring.previous?.id,
      upstreamKeys: forms,
      tokens: await summarizeTokens(this.dataSource.manager, this.nowMs),
      operators: await summarizeOperators(this.dataSource.manager, this.nowMs),
      unreadable,
    };
  }
}

/** Throws StartupError when a server would not start on this database with these keys. */
export async function assertKeysFit(manager: EntityManager, ring: KeyRing, nowMs: number): Promise<void> {
  await assertUpstreamKeysOpen(manager, ring);
  await assertTokensKnown(manager, ring, nowMs);
  await assertOperatorsKnown(manager, ring);
}

const refused = (reason: string): StartupError => new StartupError(EXIT.config, [reason]);
