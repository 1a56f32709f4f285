import type { Family } from './metric.js';
import { ROUTE_NAMES } from '../openai/route.name.js';

/** The seven keys of the Go system. */
export interface JsonMetrics {
  uptime_seconds: number;
  request_count: number;
  error_count: number;
  cache_hits: number;
  cache_misses: number;
  cache_bypass: number;
  cache_stores: number;
}

/** A few sums as JSON. Requests and errors are those under /v1; figures of a cache are 0 without one. */
export function jsonMetrics(families: readonly Family[]): JsonMetrics {
  const sum = (name: string): number => {
    const points = families.find(({ metric }) => metric.name === name)?.points ?? [];
    return points.filter(({ labels }) => isProxied(labels['route'])).reduce((total, { value }) => total + value, 0);
  };
  return {
    uptime_seconds: Math.floor(sum('llm_proxy_uptime_seconds')),
    request_count: sum('llm_proxy_requests_total'),
    error_count: sum('llm_proxy_errors_total'),
    cache_hits: sum('llm_proxy_cache_hits_total'),
    cache_misses: sum('llm_proxy_cache_misses_total'),
    cache_bypass: sum('llm_proxy_cache_bypass_total'),
    cache_stores: sum('llm_proxy_cache_stores_total'),
  };
}

const isProxied = (route: string | undefined): boolean =>
  route === undefined || (ROUTE_NAMES as readonly string[]).includes(route);
