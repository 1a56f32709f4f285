import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { OperatorDirectory } from '../auth/operator.directory.js';
import { Invalidated } from '../changes/invalidated.js';

/** Tells the operators in memory of the changes of every replica. */
@Injectable()
export class OperatorInvalidation {
  constructor(private readonly directory: OperatorDirectory) {}

  @OnEvent(Invalidated.topic)
  onInvalidated({ operators, everything }: Invalidated): void {
    if (operators.size > 0 || everything) this.directory.invalidate(operators, everything);
  }
}
