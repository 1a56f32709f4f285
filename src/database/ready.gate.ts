import { Injectable } from '@nestjs/common';
import { TypeORMError } from 'typeorm';

/** No connection to the database server could be had. */
export class DatabaseUnreachable extends TypeORMError {
  readonly code = 'STORE_UNREACHABLE';

  constructor(cause?: unknown) {
    super('the database cannot be reached');
    this.cause = cause;
  }
}

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
