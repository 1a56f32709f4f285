import createClient, { type Middleware } from 'openapi-fetch';
import { isActive } from './activity';
import { API } from './base';
import { faultOf, unreachable } from './fault';
import type { paths } from './schema';
import { sendSignedIn } from './signed.in';

const rules: Middleware = {
  onRequest({ request }) {
    request.headers.set('x-llm-proxy-admin', '1');
    if (!isActive()) request.headers.set('x-llm-proxy-background', '1');
    return request;
  },
  async onResponse({ response }) {
    if (response.ok) return response;
    throw await faultOf(response);
  },
  onError({ error }) {
    // An aborted call is no fault of the server.
    if (error instanceof DOMException) return error;
    return unreachable();
  },
};

/** The management API, by the types of its document. A refusal is thrown as an `ApiFault`. */
export const api = createClient<paths>({ baseUrl: API, fetch: sendSignedIn });
api.use(rules);

/** A page of a list, with the number of rows that the whole list has. */
export interface ListPage<T> {
  rows: T[];
  total: number;
}

/** The rows and the total of a list route's answer. */
export const listPage = <T>({ data, response }: { data?: T[]; response: Response }): ListPage<T> => ({
  rows: data ?? [],
  total: Number(response.headers.get('x-total-count') ?? 0),
});

/** The body of an answer, which is there because refusals are thrown. */
export const body = <T>({ data }: { data?: T }): T => data as T;
