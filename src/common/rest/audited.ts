import { RouteConfig } from '@nestjs/platform-fastify';
import type { Action } from '../audit/audit.action.js';

/** What the routes of the management API have in `request.routeOptions.config`. */
export interface AuditedRoute {
  /** False for a route that only reads. */
  readonly audit?: Action | false;
}

const audit = (value: Action | false): MethodDecorator => RouteConfig({ audit: value } satisfies AuditedRoute);

/** Each call of this route leaves one row in the audit log, whatever its outcome. */
export const Audited = (action: Action): MethodDecorator => audit(action);

/** For a route that reads although its method is not GET. */
export const Unaudited = (): MethodDecorator => audit(false);
