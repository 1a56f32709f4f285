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

/** What a call in a session asks for, as it was sent. */
export interface AskedInSession {
  readonly body: unknown;
  readonly params: unknown;
  readonly sessionId: string;
}

/** Whether a call needs a recent login. */
export type NeedsFresh = (asked: AskedInSession) => boolean;

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

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** A body with one of these fields. */
export const hasField =
  (...names: readonly string[]): NeedsFresh =>
  ({ body }) =>
    names.some((name) => Object.hasOwn(fieldsOf(body), name));

/** A body in which this field is true. */
export const isSet =
  (name: string): NeedsFresh =>
  ({ body }) =>
    fieldsOf(body)[name] === true;

/** A body with more than one entry in this list. */
export const hasMany =
  (name: string): NeedsFresh =>
  ({ body }) => {
    const list = fieldsOf(body)[name];
    return Array.isArray(list) && list.length > 1;
  };

/** The id in the path is not that of the session of the call. */
export const isOfAnotherSession: NeedsFresh = ({ params, sessionId }) =>
  String(fieldsOf(params)['id']).toLowerCase() !== sessionId;

export const anyOf =
  (...needs: readonly NeedsFresh[]): NeedsFresh =>
  (asked) =>
    needs.some((need) => need(asked));

type Decorator = ClassDecorator & MethodDecorator;
const admits = (access: Access): Decorator => SetMetadata<string, Access>(ACCESS_KEY, access);

/** Admits callers without credentials. */
export const Public = (): Decorator => admits({ kind: 'public' });

/** Leaves the check to the guard of the route, which checks withering tokens. */
export const ForWitheringTokens = (): Decorator => admits({ kind: 'withering-token' });

/** Admits operators with this permission. */
export const Needs = (needs: Permission, scope: Scope = 'own-projects'): Decorator =>
  admits({ kind: 'operator', needs, scope });
