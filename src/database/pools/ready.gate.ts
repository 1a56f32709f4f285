import { Injectable } from '@nestjs/common';
import { DatabaseUnreachable } from '../dialect/database.error.js';

/**
 * Shut until the schema is current and the keys are known to fit: a store that is used before would call a good token
 * unknown, and a client that is told so throws it away.
 */
@Injectable()
export class ReadyGate {
  isOpen = false;

  /** One that was never shut. */
  static open(): ReadyGate {
    return Object.assign(new ReadyGate(), { isOpen: true });
  }

  /** Throws StoreUnreachable while it is shut. */
  assertOpen(): void {
    if (!this.isOpen) throw new DatabaseUnreachable();
  }
}
