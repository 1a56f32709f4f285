import type { Change } from './change.js';

/**
 * Tells the other replicas to look for changes now. What is lost on its way costs them a poll's wait and nothing else:
 * the table of changes is the truth.
 */
export abstract class ChangePush {
  /** Inside the transaction, for what is delivered with its commit; what it throws rolls the change back. */
  abstract announceWithin(change: Change): Promise<void>;
  /** After the commit. Never throws. */
  abstract announce(change: Change): void;
  /** Calls `look` for every announcement, and whenever some may have been missed. Never throws. */
  abstract listen(look: () => void): void;
  abstract close(): Promise<void>;
}

/** For one process alone, and for databases that have no means of it: the poll does it. */
export class NoPush extends ChangePush {
  async announceWithin(): Promise<void> {}
  announce(): void {}
  listen(): void {}
  async close(): Promise<void> {}
}
