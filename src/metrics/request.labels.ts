import { ENDS, type Exchange } from '../http/exchange.js';
import { ROUTE_NAMES, routeNameOf } from '../openai/route.name.js';

/** The endpoints of OpenAI, and the classes of all other paths. */
export const ROUTES = [...ROUTE_NAMES, 'management', 'health', 'page'] as const;
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'other'] as const;
/** `none`: no response was begun. */
export const STATUS_CLASSES = ['none', '1xx', '2xx', '3xx', '4xx', '5xx'] as const;

const numbered = (names: readonly string[]): ReadonlyMap<string, number> =>
  new Map(names.map((name, number) => [name, number]));

const ROUTE_NUMBERS = numbered(ROUTES);
const METHOD_NUMBERS = numbered(METHODS);
const END_NUMBERS = numbered(ENDS);
const OTHER_METHOD = METHODS.indexOf('other');

/** The number of a route in ROUTES. */
export const routeNumber = ({ route, path }: Exchange): number =>
  ROUTE_NUMBERS.get(route === 'proxied' ? routeNameOf(path) : route)!;

/** The number of all four labels of an exchange. A client may send any method; every one has a number. */
export function outcomeNumber({ request, status = 0, end = 'ok' }: Exchange, route: number): number {
  const method = METHOD_NUMBERS.get(request.method!) ?? OTHER_METHOD;
  const statusClass = status >= 100 && status < 600 ? Math.trunc(status / 100) : 0;
  return (
    ((route * METHODS.length + method) * STATUS_CLASSES.length + statusClass) * ENDS.length + END_NUMBERS.get(end)!
  );
}

export const OUTCOMES = ROUTES.length * METHODS.length * STATUS_CLASSES.length * ENDS.length;

export interface Outcome {
  readonly route: string;
  readonly method: string;
  readonly status_class: string;
  readonly end: string;
}

/** The labels of a number. */
export function outcomeOf(number: number): Outcome {
  const end = ENDS[number % ENDS.length]!;
  const rest = Math.trunc(number / ENDS.length);
  const status_class = STATUS_CLASSES[rest % STATUS_CLASSES.length]!;
  const pair = Math.trunc(rest / STATUS_CLASSES.length);
  return {
    route: ROUTES[Math.trunc(pair / METHODS.length)]!,
    method: METHODS[pair % METHODS.length]!,
    status_class,
    end,
  };
}

export const isError = ({ status_class: statusClass, end }: Outcome): boolean =>
  end !== 'ok' || statusClass === '4xx' || statusClass === '5xx';
