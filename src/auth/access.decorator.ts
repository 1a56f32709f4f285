import { SetMetadata } from '@nestjs/common';

const ACCESS = 'llm-proxy:access';

/** Who may call a route. Without a mark it is the operator alone. */
export type Access = 'operator' | 'anyone' | 'withering-token';

/** Opens a route to callers without credentials. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata<string, Access>(ACCESS, 'anyone');

/** Leaves a route to its own guard, which knows withering tokens. */
export const ForWitheringTokens = (): ClassDecorator & MethodDecorator =>
  SetMetadata<string, Access>(ACCESS, 'withering-token');

export const ACCESS_KEY = ACCESS;
