import { SetMetadata } from '@nestjs/common';

const ACCESS = 'llm-proxy:access';

/** The callers that a route admits; without a decorator, only the operator. */
export type Access = 'operator' | 'anyone' | 'withering-token';

/** Admits callers without credentials. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata<string, Access>(ACCESS, 'anyone');

/** Leaves the check to the guard of the route, which checks withering tokens. */
export const ForWitheringTokens = (): ClassDecorator & MethodDecorator =>
  SetMetadata<string, Access>(ACCESS, 'withering-token');

export const ACCESS_KEY = ACCESS;
