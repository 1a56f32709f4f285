import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/values/clock.js';
import { AuditChain } from './audit.chain.js';
import type { NotedHead, Progress, Verdict } from './chain/chain.fault.js';
import { ChainReader } from './chain/chain.reader.js';
import { verifyStored } from './chain/stored.chain.js';

export interface VerificationCall {
  /** Heads that were kept outside the database. */
  readonly heads?: readonly NotedHead[];
  /** The caller leaves; the verification ends when all of its callers have left. */
  readonly signal?: AbortSignal;
  onProgress?(progress: Progress): void;
}

interface Run {
  readonly heads: string;
  readonly verdict: Promise<Verdict>;
  readonly abort: AbortController;
  readonly listeners: Set<(progress: Progress) => void>;
  callers: number;
}

/** Verifies the log of this server's database, one verification at a time. */
@Injectable()
export class ChainVerification {
  private readonly reader: ChainReader;
  private run: Run | undefined;
  private lastVerdict: Verdict | undefined;

  constructor(
    dataSource: DataSource,
    private readonly chain: AuditChain,
    private readonly clock: Clock,
  ) {
    this.reader = new ChainReader(dataSource);
  }

  /** The verdict of the last verification without noted heads since the start of this process. */
  get last(): Verdict | undefined {
    return this.lastVerdict;
  }

  /**
   * A call while another one runs waits for the same verdict; with other noted heads it runs after it. Throws the reason of
   * `signal`, and what the database throws.
   */
  async verify({ heads = [], signal, onProgress }: VerificationCall = {}): Promise<Verdict> {
    const name = JSON.stringify(heads);
    while (this.run && this.run.heads !== name) await this.run.verdict.catch(() => undefined);
    signal?.throwIfAborted();
    const run = this.joinable(name) ?? this.begin(name, heads);
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
    return this.run?.heads === name && !this.run.abort.signal.aborted ? this.run : undefined;
  }

  private begin(heads: string, noted: readonly NotedHead[]): Run {
    const abort = new AbortController();
    const listeners: Run['listeners'] = new Set();
    const forget = (): void => {
      if (this.run === run) this.run = undefined;
    };
    const verdict = this.verifyNow(noted, abort.signal, listeners).finally(forget);
    // The callers may have left.
    verdict.catch(() => undefined);
    const run: Run = { heads, verdict, abort, listeners, callers: 0 };
    this.run = run;
    return run;
  }

  private async verifyNow(
    heads: readonly NotedHead[],
    signal: AbortSignal,
    listeners: Run['listeners'],
  ): Promise<Verdict> {
    const { signingKey, isOn } = this.chain;
    const verdict = await verifyStored(this.reader, {
      heads,
      publicKeys: new Map(signingKey ? [[signingKey.id, signingKey.publicKey]] : []),
      isSigned: isOn && signingKey !== undefined,
      signal,
      onProgress: (progress) => listeners.forEach((listener) => listener(progress)),
      now: () => this.clock.now(),
    });
    if (heads.length === 0) this.lastVerdict = verdict;
    return verdict;
  }
}

async function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), {
      once: true,
    }),
  );
}
