import { SetMetadata } from '@nestjs/common';

export const ACCESS_KEY = 'llm-proxy:access';

/** What a call does, from the least to the most: viewers read, managers change tokens too, admins may do everything. */
export const PERMISSIONS = ['read', 'tokens', 'admin'] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** `own-projects`: the handler shows an actor only its own projects. `all-projects`: who sees only some is refused. */
export type Scope = 'own-projects' | 'all-projects';

/** The callers that a route admits; without a decorator, only the root credential. */
export type Access =
  | { readonly kind: 'public' }
  | { readonly kind: 'withering-token' }
  | { readonly kind: 'operator'; readonly needs: Permission; readonly scope: Scope };

type Decorator = ClassDecorator & MethodDecorator;
const admits = (access: Access): Decorator => SetMetadata<string, Access>(ACCESS_KEY, access);

/** Admits callers without credentials. */
export const Public = (): Decorator => admits({ kind: 'public' });

/** Leaves the check to the guard of the route, which checks withering tokens. */
export const ForWitheringTokens = (): Decorator => admits({ kind: 'withering-token' });

/** Admits operators with this permission. */
export const Needs = (needs: Permission, scope: Scope = 'own-projects'): Decorator =>
  admits({ kind: 'operator', needs, scope });
