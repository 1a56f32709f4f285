import type { ServerResponse } from 'node:http';

/** Whether this process still takes work, and the work it has. One object for the server, the health routes and the stop. */
export class Lifecycle {
  private readonly open = new Set<ServerResponse>();
  private empty: (() => void) | undefined;
  /** False from the first word of stopping on: load balancers should look elsewhere. */
  ready = true;
  /** New work is refused; what runs goes on. */
  draining = false;

  get running(): number {
    return this.open.size;
  }

  began(response: ServerResponse): void {
    this.open.add(response);
  }

  ended(response: ServerResponse): void {
    this.open.delete(response);
    if (this.open.size === 0) this.empty?.();
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    if (this.open.size > 0) await new Promise<void>((resolve) => (this.empty = resolve));
  }

  /** Every response that is still being written. */
  responses(): ServerResponse[] {
    return [...this.open];
  }
}
