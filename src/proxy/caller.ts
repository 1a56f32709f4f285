import type { IncomingMessage } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { UsableToken } from '../token/token.authenticator.js';

/** Who makes a proxied request, after admission. */
export interface Caller {
  readonly token: UsableToken;
  /** Gives the take back, once: only when no byte of the request reached the upstream. */
  giveBack(): void;
}

const CALLER = Symbol('llm-proxy:caller');
type Carrier = IncomingMessage & { [CALLER]?: Caller };

export function setCaller(request: IncomingMessage, caller: Caller): void {
  (request as Carrier)[CALLER] = caller;
}

/** The caller the guard admitted. */
export const FromCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const caller = (context.switchToHttp().getRequest<FastifyRequest>().raw as Carrier)[CALLER];
  if (!caller) throw new Error('the route has no withering-token guard');
  return caller;
});
