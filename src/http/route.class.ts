import type { IncomingMessage } from 'node:http';

/** What a path belongs to: OpenAI's API, the management API, the health checks, or anything else, such as a page. */
export type RouteClass = 'proxied' | 'management' | 'health' | 'page';

const HEALTH = new Set(['/live', '/ready', '/health']);

const isUnder = (prefix: string, path: string): boolean =>
  path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/');

/** Takes a path without its query, or the pattern of a route. `healthPaths` are further paths of the class `health`. */
export function routeClassOf(path: string, healthPaths?: ReadonlySet<string>): RouteClass {
  if (isUnder('/v1', path)) return 'proxied';
  if (isUnder('/manage', path)) return 'management';
  return HEALTH.has(path) || healthPaths?.has(path) ? 'health' : 'page';
}

/** Path of a target without its query. */
export function pathOf({ url = '' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
