import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { errors } from '../common/errors/errors.js';
import { Clock } from '../common/values/clock.js';
import { AppConfig } from '../config/app.config.js';
import { ed25519PublicKeys } from '../config/values/signing.key.js';
import { AuditChain } from './audit.chain.js';
import type { NotedHead, Progress, Verdict } from './chain/chain.fault.js';
import { ChainReader } from './chain/chain.reader.js';
import { isIntact } from './chain/row.check.js';
import { SignatureCheck } from './chain/signature.check.js';
import { type SignedHead, signedHead } from './chain/signed.head.js';
import { keysById, type PublicKeys } from './chain/signing.key.js';
import { verifyStored } from './chain/stored.chain.js';
import type { AuditHead, AuditRow } from './row/audit.row.js';

export interface VerificationCall {
  /** Heads that were kept outside the database. */
  readonly heads?: readonly NotedHead[];
  /** Keys that the caller trusts, besides those of this server. */
  readonly publicKeys?: PublicKeys;
  /** The caller leaves; the verification ends when all of its callers have left. */
  readonly signal?: AbortSignal;
  onProgress?(progress: Progress): void;
}

type Asked = Required<Pick<VerificationCall, 'heads' | 'publicKeys'>>;

interface Run {
  /** Its heads and keys. */
  readonly name: string;
  readonly verdict: Promise<Verdict>;
  readonly abort: AbortController;
  readonly listeners: Set<(progress: Progress) => void>;
  callers: number;
}

/** Verifies the log of this server's database, one verification at a time. */
@Injectable()
export class ChainVerification {
  /** The key of this server and AUDIT_PREVIOUS_KEYS, by id. */
  readonly publicKeys: PublicKeys;
  private readonly reader: ChainReader;
  private run: Run | undefined;
  private lastVerdict: Verdict | undefined;

  constructor(
    dataSource: DataSource,
    private readonly chain: AuditChain,
    private readonly clock: Clock,
    { audit }: AppConfig,
  ) {
    const own = chain.signingKey ? [chain.signingKey.publicKey] : [];
    this.publicKeys = keysById([...own, ...(ed25519PublicKeys(audit.previousKeys ?? '') ?? [])]);
    this.reader = new ChainReader(dataSource);
  }

  /** The verdict of the last verification without noted heads and other keys since the start of this process. */
  get last(): Verdict | undefined {
    return this.lastVerdict;
  }

  /**
   * The newest row as a head with its stored signature; undefined for a log without rows. Throws `audit_broken` when the row
   * is not what it was, or the counter names another one: a head of such a row would prove what nobody wrote.
   */
  async head(): Promise<SignedHead | undefined> {
    const { row, head } = await this.reader.newest();
    if (row ? !this.isEnd(row, head) : head) throw errors.auditBroken();
    return row && signedHead(row, this.publicKeys);
  }

  /**
   * A call while another one runs waits for the same verdict; with other noted heads or keys it runs after it. Throws the reason of
   * `signal`, and what the database throws.
   */
  async verify({ heads = [], publicKeys = new Map(), signal, onProgress }: VerificationCall = {}): Promise<Verdict> {
    const name = JSON.stringify([heads, [...publicKeys.keys()].toSorted()]);
    while (this.run && this.run.name !== name) await this.run.verdict.catch(() => undefined);
    signal?.throwIfAborted();
    const run = this.joinable(name) ?? this.begin(name, { heads, publicKeys });
    const listener = (progress: Progress): void => onProgress?.(progress);
    run.listeners.add(listener);
    run.callers += 1;
    try {
      return await (signal ? Promise.race([run.verdict, aborted(signal)]) : run.verdict);
    } finally {
      run.listeners.delete(listener);
      run.callers -= 1;
      if (run.callers === 0) run.abort.abort();
    }
  }

  /** A run that all callers have left ends without a verdict. */
  private joinable(name: string): Run | undefined {
    return this.run?.name === name && !this.run.abort.signal.aborted ? this.run : undefined;
  }

  private begin(name: string, asked: Asked): Run {
    const abort = new AbortController();
    const listeners: Run['listeners'] = new Set();
    const forget = (): void => {
      if (this.run === run) this.run = undefined;
    };
    const verdict = this.verifyNow(asked, abort.signal, listeners).finally(forget);
    // The callers may have left.
    verdict.catch(() => undefined);
    const run: Run = { name, verdict, abort, listeners, callers: 0 };
    this.run = run;
    return run;
  }

  private async verifyNow(
    { heads, publicKeys }: Asked,
    signal: AbortSignal,
    listeners: Run['listeners'],
  ): Promise<Verdict> {
    const verdict = await verifyStored(this.reader, {
      heads,
      publicKeys: new Map([...this.publicKeys, ...publicKeys]),
      isSigned: this.isSigned || publicKeys.size > 0,
      signal,
      onProgress: (progress) => listeners.forEach((listener) => listener(progress)),
      now: () => this.clock.now(),
    });
    if (heads.length === 0 && publicKeys.size === 0) this.lastVerdict = verdict;
    return verdict;
  }

  /** Every writer has the key. */
  private get isSigned(): boolean {
    return this.chain.isOn && this.publicKeys.size > 0;
  }

  private isEnd(row: AuditRow, head: AuditHead | undefined): boolean {
    if (head && (head.seq !== row.seq || head.hash !== row.hash)) return false;
    if (!isIntact(row)) return false;
    // Without keys nobody can say whether the signature is right.
    if (this.publicKeys.size === 0) return true;
    if (this.isSigned && row.signature === undefined) return false;
    return new SignatureCheck(this.publicKeys).problemOf(row) === undefined;
  }
}

async function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), {
      once: true,
    }),
  );
}
