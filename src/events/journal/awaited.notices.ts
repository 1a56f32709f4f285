/** `first`: this replica is the one that sends the notice. `known`: another replica, or an earlier run, has sent it. */
export type Outcome = 'first' | 'known' | 'lost';

type Waiting = Map<string, PromiseWithResolvers<Outcome>>;

/** Who waits for notices to become durable, by the batch that carries them. */
export class AwaitedNotices {
  private next: Waiting = new Map();
  private readonly batches = new Map<number, Waiting>();

  async add(id: string): Promise<Outcome> {
    const waiting = this.next.get(id) ?? Promise.withResolvers();
    this.next.set(id, waiting);
    return waiting.promise;
  }

  /** The notices so far are in this batch. */
  sent(batch: number): void {
    if (this.next.size === 0) return;
    this.batches.set(batch, this.next);
    this.next = new Map();
  }

  /** All batches up to this one are durable. `first`: ids of the notices that no replica had sent. */
  durable(upTo: number, first: readonly string[]): void {
    const isFirst = new Set(first);
    for (const [batch, waiting] of this.batches) {
      // Batches are awaited in the order of their ids.
      if (batch > upTo) return;
      this.batches.delete(batch);
      for (const [id, { resolve }] of waiting) resolve(isFirst.delete(id) ? 'first' : 'known');
    }
  }

  lost(batch: number): void {
    const waiting = this.batches.get(batch);
    this.batches.delete(batch);
    for (const { resolve } of waiting?.values() ?? []) resolve('lost');
  }
}
