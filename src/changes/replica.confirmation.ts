import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LIVE_MS, ReplicaRegistry, type ReplicaStatus } from '../replicas/replica.registry.js';
import { RevisionCounter } from './revision.counter.js';

const TIMEOUT_MS = 5000;
const POLL_MS = 25;

export interface WaitResult {
  /** Live servers that have every committed change in force. */
  readonly confirmed: number;
  /** Servers that have not, and may still be serving by what they cached before. */
  readonly pending: readonly ReplicaStatus[];
}

/** Waits until the committed changes are in force on every live server. */
@Injectable()
export class ReplicaConfirmation {
  constructor(
    private readonly counter: RevisionCounter,
    private readonly registry: ReplicaRegistry,
  ) {}

  /** Waits five seconds at most, and not for silent replicas. While the database cannot be read, nothing is confirmed. */
  async wait(): Promise<WaitResult> {
    const giveUpAt = performance.now() + TIMEOUT_MS;
    let target: number | undefined;
    for (;;) {
      target ??= await this.committed();
      const result = target === undefined ? undefined : await this.compare(target);
      const isAwaited = !result || result.pending.some(({ silentMs }) => silentMs <= LIVE_MS);
      if (!isAwaited) return result;
      if (performance.now() > giveUpAt) return result ?? { confirmed: 0, pending: this.registry.known };
      await sleep(POLL_MS);
    }
  }

  private async committed(): Promise<number | undefined> {
    return this.counter.read().then(
      ({ value }) => value,
      () => undefined,
    );
  }

  private async compare(target: number): Promise<WaitResult | undefined> {
    const replicas = await this.registry.read().catch(() => undefined);
    if (!replicas) return undefined;
    const servers = replicas.filter(({ role }) => role === 'server');
    return {
      confirmed: servers.filter(({ revision, silentMs }) => revision >= target && silentMs <= LIVE_MS).length,
      pending: servers.filter(({ revision, silentMs }) => revision < target && silentMs <= this.registry.mayServeMs),
    };
  }
}
