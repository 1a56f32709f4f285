import type { EntityManager } from 'typeorm';
import type { Change } from './change.js';

/**
 * Asks the other replicas to read the changes now. A lost message only delays them until their next poll: the table of
 * changes is authoritative.
 */
export abstract class ChangePush {
  /** Runs inside the transaction, for messages that are delivered with its commit. Rolls the change back when it throws. */
  abstract announceWithin(change: Change): Promise<void>;
  /** Runs after the commit. Never throws. */
  abstract announce(change: Change): void;
  /** Without a change: there is something else to read. Never throws. */
  abstract nudge(manager: EntityManager): void;
  /** Calls `look` for every message, and whenever messages may have been lost. Never throws. */
  abstract listen(look: () => void): void;
  abstract close(): Promise<void>;
}

/** For databases without messages: the other replicas find changes by their poll. */
export class NoPush extends ChangePush {
  async announceWithin(): Promise<void> {}
  announce(): void {}
  nudge(): void {}
  listen(): void {}
  async close(): Promise<void> {}
}
