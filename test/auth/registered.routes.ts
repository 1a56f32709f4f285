import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { RequestMethod } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import { type Access, ACCESS_KEY } from '../../src/auth/access.decorator.js';
import type { AuditedRoute } from '../../src/common/rest/audited.js';
import type { TestApp } from '../support/app.js';

export interface ManagedRoute {
  method: string;
  url: string;
  /** Undefined without a decorator. */
  access: Access | undefined;
  audit: AuditedRoute['audit'];
}

type Controller = abstract new (...args: never[]) => object;

const joined = (...parts: string[]): string =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;
const pathsOf = (target: object): string[] => [Reflect.getMetadata(PATH_METADATA, target) as string | string[]].flat();

/** The handlers of a controller with what their decorators say. */
export function handlersOf(controller: Controller): ManagedRoute[] {
  const prototype = controller.prototype as Record<string, object>;
  return Object.getOwnPropertyNames(prototype)
    .map((name) => Object.getOwnPropertyDescriptor(prototype, name)?.value as object | undefined)
    .filter((handler) => typeof handler === 'function' && Reflect.hasMetadata(METHOD_METADATA, handler))
    .flatMap((handler) =>
      pathsOf(controller).flatMap((base) =>
        pathsOf(handler!).map((path) => ({
          method: RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler!) as number]!,
          url: joined(base, path),
          access: (Reflect.getMetadata(ACCESS_KEY, handler!) ?? Reflect.getMetadata(ACCESS_KEY, controller)) as
            | Access
            | undefined,
          audit: (Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler!) as AuditedRoute | undefined)?.audit,
        })),
      ),
    );
}

/** All routes of the controllers of an application. */
export const routesOf = (app: TestApp): ManagedRoute[] =>
  [...app.running.app.get(ModulesContainer).values()]
    .flatMap(({ controllers }) => [...controllers.values()])
    .flatMap(({ metatype }) => handlersOf(metatype as unknown as Controller));

/** Those under /manage that say nothing, or something other than which operators they admit. */
export const undecorated = (routes: readonly ManagedRoute[]): string[] =>
  routes
    .filter(({ url, access }) => url.startsWith('/manage') && access?.kind !== 'operator')
    .map(({ method, url }) => `${method} ${url} has no @Needs(…)`);
