import { failed, usage } from '../terminal/cli.error.js';
import { parsed, refusal, unreachable } from './management.faults.js';
import { type Confirmation, confirmationOf } from './replica.wait.js';

const TIMEOUT_MS = 10_000;
const PAGE_SIZE = 500;

export type Query = Record<string, string | number | boolean | undefined>;
export interface Paging {
  page?: number;
  pageSize?: number;
}

/** Speaks HTTP to `/manage/*` of one server. */
export class ManagementClient {
  private readonly root: string;
  /** Of the last change, if it was waited for. */
  confirmation: Confirmation | undefined;

  constructor(
    baseUrl: string,
    private readonly token: string,
    private readonly waitsForReplicas = false,
  ) {
    this.root = `${checkedBase(baseUrl)}/manage/`;
  }

  async get<T>(path: string): Promise<T> {
    return (await this.send('GET', path)).body as T;
  }

  async post<T>(path: string, body?: object): Promise<T> {
    return (await this.send('POST', path, body)).body as T;
  }

  async patch<T>(path: string, body: object): Promise<T> {
    return (await this.send('PATCH', path, body)).body as T;
  }

  async delete(path: string): Promise<void> {
    await this.send('DELETE', path);
  }

  /** The page asked for, or, when none is, every entry there is. */
  async list<T>(path: string, query: Query, { page, pageSize }: Paging): Promise<T[]> {
    const entries: T[] = [];
    for (let next = page ?? 1; ; next += 1) {
      const answer = await this.send(
        'GET',
        `${path}?${searchOf({ ...query, page: next, page_size: pageSize ?? PAGE_SIZE })}`,
      );
      if (!Array.isArray(answer.body)) throw failed('the server did not answer with a list');
      entries.push(...(answer.body as T[]));
      // Only whether there is more is taken from `Link`: its address could lead the management token elsewhere.
      const more =
        /;\s*rel="?next"?/.test(answer.headers.get('link') ?? '') &&
        entries.length < Number(answer.headers.get('x-total-count') ?? Infinity);
      if (page !== undefined || !more || answer.body.length === 0) return entries;
    }
  }

  private async send(method: string, path: string, body?: object): Promise<{ headers: Headers; body: unknown }> {
    const waiting = this.waitsForReplicas && method !== 'GET' ? '?wait=replicas' : '';
    const { status, headers, text } = await this.exchange(method, path + waiting, body);
    if (status < 200 || status > 299) throw refusal(status, text);
    this.confirmation = confirmationOf(headers);
    return { headers, body: text === '' ? undefined : parsed(text) };
  }

  private async exchange(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; headers: Headers; text: string }> {
    try {
      const response = await fetch(this.root + path, {
        method,
        headers: {
          authorization: `Bearer ${this.token}`,
          accept: 'application/json',
          ...(body && { 'content-type': 'application/json' }),
        },
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      throw unreachable(new URL(this.root).origin, error, TIMEOUT_MS);
    }
  }
}

/** An http(s) address without credentials, query and closing slash. */
function checkedBase(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw usage('--manage-api-base-url must be an address such as http://localhost:8080');
  return url.href.replace(/\/+$/, '');
}

function searchOf(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.toString();
}
