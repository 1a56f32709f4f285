import { applyDecorators, SetMetadata } from '@nestjs/common';
import { errors } from '../common/errors/errors.js';
import { Refuses } from '../common/rest/api.docs.js';
import type { Role } from '../common/values/actor.js';

export const ACCESS_KEY = 'llm-proxy:access';

/** What a call does: `read` reads, `tokens` changes tokens, `admin` does everything else. */
export type Permission = 'read' | 'tokens' | 'admin';

/** The permissions of each role. */
export const MAY: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ['read'],
  manager: ['read', 'tokens'],
  admin: ['read', 'tokens', 'admin'],
};

/**
 * `own-projects`: the handler shows an actor only its own projects. `all-projects`: an actor with a list of projects is
 * refused.
 */
export type Scope = 'own-projects' | 'all-projects';

/** The callers that a route admits; without a decorator, only the root credential. */
export type Access =
  | { readonly kind: 'public' }
  | { readonly kind: 'withering-token' }
  | { readonly kind: 'operator'; readonly needs: Permission; readonly scope: Scope };

export const FRESH_KEY = 'llm-proxy:fresh';

/** Whether a call needs a recent login, by its body as it was sent. */
export type NeedsFresh = (body: unknown) => boolean;

/** A call of this route in a session needs a login of the last 12 hours. Calls with a bearer credential do not. */
export const Fresh = (when: NeedsFresh = () => true): MethodDecorator =>
  applyDecorators(
    SetMetadata(FRESH_KEY, when),
    Refuses(
      errors.roleNotAllowed(),
      errors.confirmationRequired(),
      errors.crossSiteRequest('Sec-Fetch-Site is cross-site'),
    ),
  );

/** A body with one of these fields. */
export const hasField =
  (...names: readonly string[]): NeedsFresh =>
  (body) =>
    typeof body === 'object' && body !== null && names.some((name) => Object.hasOwn(body, name));

type Decorator = ClassDecorator & MethodDecorator;
const admits = (access: Access): Decorator => SetMetadata<string, Access>(ACCESS_KEY, access);

/** Admits callers without credentials. */
export const Public = (): Decorator => admits({ kind: 'public' });

/** Leaves the check to the guard of the route, which checks withering tokens. */
export const ForWitheringTokens = (): Decorator => admits({ kind: 'withering-token' });

/** Admits operators with this permission. */
export const Needs = (needs: Permission, scope: Scope = 'own-projects'): Decorator =>
  admits({ kind: 'operator', needs, scope });
