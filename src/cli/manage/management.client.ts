import { failure, usageError } from '../terminal/cli.error.js';
import { unreachableError } from '../terminal/unreachable.error.js';
import { type CallSources, parsedJson, serverRefusal } from './management.errors.js';
import { type Confirmation, confirmationOf } from './replica.wait.js';

const TIMEOUT_MS = 10_000;
const PAGE_SIZE = 500;

export type Query = Record<string, string | number | boolean | undefined>;
export interface Paging {
  page?: number;
  pageSize?: number;
}

interface ClientOptions {
  waitsForReplicas?: boolean | undefined;
  sources?: CallSources;
}

/** The client of one server's management API, `/manage/*`. */
export class ManagementClient {
  private readonly root: string;
  /** The replicas that confirmed the last change; undefined when the server did not report any. */
  confirmation: Confirmation | undefined;
  /** The server's doubt about the last change, which it has made. */
  warning: string | undefined;

  constructor(
    baseUrl: string,
    private readonly token: string,
    private readonly options: ClientOptions = {},
  ) {
    this.root = `${checkedBase(baseUrl)}/manage/`;
  }

  private get origin(): string {
    return new URL(this.root).origin;
  }

  private get sources(): CallSources {
    return this.options.sources ?? { address: 'LISTEN_ADDR' };
  }

  async get<T>(path: string): Promise<T> {
    return (await this.send('GET', path)).body as T;
  }

  async post<T>(path: string, body?: object, timeoutMs = TIMEOUT_MS): Promise<T> {
    return (await this.send('POST', path, body, timeoutMs)).body as T;
  }

  async patch<T>(path: string, body: object): Promise<T> {
    return (await this.send('PATCH', path, body)).body as T;
  }

  async delete(path: string): Promise<void> {
    await this.send('DELETE', path);
  }

  /** The requested page, or all entries when no page is given. */
  async list<T>(path: string, query: Query, { page, pageSize }: Paging): Promise<T[]> {
    const entries: T[] = [];
    for (let next = page ?? 1; ; next += 1) {
      const response = await this.send(
        'GET',
        `${path}?${searchOf({ ...query, page: next, page_size: pageSize ?? PAGE_SIZE })}`,
      );
      if (!Array.isArray(response.body)) throw failure('the server did not respond with a list');
      entries.push(...(response.body as T[]));
      // `Link` only says whether another page follows. Its address is not used: it could send the management token elsewhere.
      const hasMore =
        /;\s*rel="?next"?/.test(response.headers.get('link') ?? '') &&
        entries.length < Number(response.headers.get('x-total-count') ?? Infinity);
      if (page !== undefined || !hasMore || response.body.length === 0) return entries;
    }
  }

  private async send(
    method: string,
    path: string,
    body?: object,
    timeoutMs = TIMEOUT_MS,
  ): Promise<{ headers: Headers; body: unknown }> {
    const query = this.options.waitsForReplicas && method !== 'GET' ? '?wait=replicas' : '';
    const { status, headers, text } = await this.exchange(method, path + query, body, timeoutMs);
    if (status < 200 || status > 299) throw serverRefusal(this.origin, this.sources, status, text);
    if (method !== 'GET') this.confirmation = confirmationOf(headers);
    this.warning = headers.get('x-proxy-warning') ?? this.warning;
    return { headers, body: text === '' ? undefined : parsedJson(text) };
  }

  private async exchange(
    method: string,
    path: string,
    body: object | undefined,
    timeoutMs: number,
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
        signal: AbortSignal.timeout(timeoutMs),
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      throw unreachableError(this.origin, this.sources.address, error, timeoutMs);
    }
  }
}

/** Throws unless the text is an http(s) address without credentials, query and fragment. Trailing slashes are removed. */
export function checkedBase(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw usageError('--manage-api-base-url must be an address such as http://localhost:8080');
  return url.href.replace(/\/+$/, '');
}

function searchOf(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.toString();
}
