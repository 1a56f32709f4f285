import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ApiCall {
  method: string;
  url: string;
  authorization: string | undefined;
  /** Only of a stream that goes on. */
  lastEventId?: string;
  body: unknown;
}

export interface ApiAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** In place of a JSON body. */
  text?: string;
}

export interface ManagementApi {
  url: string;
  calls: ApiCall[];
  /** The response to the next calls; a function gets the call. */
  answer: (next: ApiAnswer | ((call: ApiCall) => ApiAnswer)) => void;
  close: () => Promise<void>;
}

type Answering = (call: ApiCall) => ApiAnswer;

const nothing: Answering = () => ({ body: {} });

async function callOf(request: IncomingMessage): Promise<ApiCall> {
  const { method = '', url = '', headers } = request;
  const sent = await text(request);
  return {
    method,
    url,
    authorization: headers.authorization,
    ...(typeof headers['last-event-id'] === 'string' && { lastEventId: headers['last-event-id'] }),
    body: sent === '' ? undefined : (JSON.parse(sent) as unknown),
  };
}

/** A management API that gives the responses it is set to and records the requests. */
export async function managementApi(): Promise<ManagementApi> {
  const calls: ApiCall[] = [];
  const set: { answer: Answering } = { answer: nothing };
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = await callOf(request);
    calls.push(call);
    const { status = 200, headers, body, text: plain } = set.answer(call);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body === undefined ? plain : JSON.stringify(body));
  };
  const server = createServer((request, response) => void respond(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    answer: (given) => {
      set.answer = typeof given === 'function' ? given : () => given;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const PROJECT = {
  id: '3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f10',
  name: 'Search team',
  api_key: 'sk-proj-…wXyZ',
  base_url: null,
  provider: null,
  is_active: true,
  rate_limit_per_minute: null,
  max_concurrent: null,
  max_requests_per_day: null,
  max_requests_per_month: null,
  requests_today: null,
  requests_this_month: null,
  token_defaults: null,
  token_maxima: null,
  labels: null,
  owner: null,
  note: null,
  created_at: '2026-01-31T12:00:00.000Z',
  updated_at: '2026-01-31T12:00:00.000Z',
};

export const TOKEN = {
  id: '8c1d2f0e-9d54-4a53-8a39-b7a2c8f4a001',
  project_id: PROJECT.id,
  project_name: PROJECT.name,
  name: 'nightly job',
  token: 'sk-wt-AbCd…wXyZ',
  status: 'active',
  is_active: true,
  expires_at: '2027-01-31T12:00:00.000Z',
  max_requests: 10,
  request_count: 3,
  remaining_requests: 7,
  rate_limit_per_minute: 60,
  max_concurrent: null,
  allowed_models: null,
  allowed_endpoints: null,
  allowed_ips: null,
  labels: null,
  owner: null,
  note: null,
  cache_hit_count: 0,
  created_at: '2026-01-31T12:00:00.000Z',
};
