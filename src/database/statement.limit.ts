/** How long a statement may take; the wait for a connection is part of its first statement's time. Milliseconds. */
export class Patience {
  private readonly firstBy = new WeakMap<object, number>();

  constructor(readonly limitMs: number) {}

  lent(connection: object, askedAt: number): void {
    this.firstBy.set(connection, askedAt + this.limitMs);
  }

  /** For the statement that is about to be sent. */
  left(connection: object): number {
    const by = this.firstBy.get(connection);
    this.firstBy.delete(connection);
    return by === undefined ? this.limitMs : Math.max(1, by - performance.now());
  }
}
