import { SetMetadata } from '@nestjs/common';

const ACCESS = 'llm-proxy:access';

/** The callers that a route admits. A route without a decorator admits the operator alone. */
export type Access = 'operator' | 'anyone' | 'withering-token';

/** Opens a route to callers without credentials. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata<string, Access>(ACCESS, 'anyone');

/** The route has a guard of its own, which checks withering tokens. */
export const ForWitheringTokens = (): ClassDecorator & MethodDecorator =>
  SetMetadata<string, Access>(ACCESS, 'withering-token');

export const ACCESS_KEY = ACCESS;
