import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LIVE_MS, ReplicaRegistry, type ReplicaStatus } from '../replicas/replica.registry.js';
import { RevisionCounter } from './revision.counter.js';

const WAIT_LIMIT_MS = 5000;
const ASK_AGAIN_MS = 25;

export interface Confirmation {
  /** How many live replicas have heard of everything that was committed. */
  readonly confirmed: number;
  /** Those that have not, and may still be serving by what they knew before. */
  readonly pending: readonly ReplicaStatus[];
}

/** Waits for what is committed to be in force on every replica. */
@Injectable()
export class ReplicaConfirmation {
  constructor(
    private readonly counter: RevisionCounter,
    private readonly roll: ReplicaRegistry,
  ) {}

  /** At most five seconds; not for replicas that are silent. A store that cannot say confirms nothing. */
  async gather(): Promise<Confirmation> {
    const giveUpAt = performance.now() + WAIT_LIMIT_MS;
    let target: number | undefined;
    for (;;) {
      target ??= await this.committed();
      const seen = target === undefined ? undefined : await this.look(target);
      const isAwaited = !seen || seen.pending.some(({ silentMs }) => silentMs <= LIVE_MS);
      if (!isAwaited) return seen;
      if (performance.now() > giveUpAt) return seen ?? { confirmed: 0, pending: this.roll.known };
      await sleep(ASK_AGAIN_MS);
    }
  }

  private async committed(): Promise<number | undefined> {
    return this.counter.read().then(
      ({ value }) => value,
      () => undefined,
    );
  }

  private async look(target: number): Promise<Confirmation | undefined> {
    const sightings = await this.roll.read().catch(() => undefined);
    if (!sightings) return undefined;
    return {
      confirmed: sightings.filter(({ revision, silentMs }) => revision >= target && silentMs <= LIVE_MS).length,
      pending: sightings.filter(({ revision, silentMs }) => revision < target && silentMs <= this.roll.mayServeMs),
    };
  }
}
