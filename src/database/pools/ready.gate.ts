import { Injectable } from '@nestjs/common';
import { DatabaseUnreachable } from '../dialect/database.error.js';

/**
 * Closed until the schema is current and the encryption keys are checked. A database in use before that may report a valid
 * token as unknown, and the client would then discard the token.
 */
@Injectable()
export class ReadyGate {
  isOpen = false;

  /** A gate that is open from the beginning. */
  static open(): ReadyGate {
    return Object.assign(new ReadyGate(), { isOpen: true });
  }

  /** Throws DatabaseUnreachable while the gate is closed. */
  assertOpen(): void {
    if (!this.isOpen) throw new DatabaseUnreachable();
  }
}
