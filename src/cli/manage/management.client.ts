import { failure, usageError } from '../terminal/cli.error.js';
import { unreachableError } from '../terminal/unreachable.error.js';
import { type CallSources, parsedJson, serverRefusal } from './management.errors.js';
import { type Confirmation, confirmationOf } from './replica.wait.js';

const TIMEOUT_MS = 10_000;
const REPORT_TIMEOUT_MS = 60_000;
const PAGE_SIZE = 500;
/** Of lists that are paged by `before`. */
const MAX_CURSOR_PAGE = 200;

/** A list is a parameter that is repeated. */
export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;
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

  /** The header of the client is the `origin` of the calls in the audit log. */
  private get identity(): Record<string, string> {
    return { authorization: `Bearer ${this.token}`, 'x-llm-proxy-client': 'cli' };
  }

  private get sources(): CallSources {
    return this.options.sources ?? { address: 'LISTEN_ADDR' };
  }

  async get<T>(path: string): Promise<T> {
    return (await this.send('GET', path)).body as T;
  }

  /** A response that is no JSON, such as CSV. */
  async text(path: string, query: Query): Promise<string> {
    const { status, text } = await this.exchange('GET', `${path}?${searchOf(query)}`, undefined, REPORT_TIMEOUT_MS);
    if (status < 200 || status > 299) throw serverRefusal(this.origin, this.sources, status, text);
    return text;
  }

  /** A report, which may take the server a while. */
  async report<T>(path: string, query: Query): Promise<T> {
    return (await this.send('GET', `${path}?${searchOf(query)}`, undefined, REPORT_TIMEOUT_MS)).body as T;
  }

  /** At most `limit` entries of a list that is paged by `before`, the newest first. */
  async newest<T>(path: string, query: Query, limit: number): Promise<T[]> {
    const entries: T[] = [];
    for (let before: string | undefined; ;) {
      const page = { ...query, before, page_size: Math.min(limit - entries.length, MAX_CURSOR_PAGE) };
      const { headers, body } = await this.send('GET', `${path}?${searchOf(page)}`, undefined, REPORT_TIMEOUT_MS);
      if (!Array.isArray(body)) throw failure('the server did not respond with a list');
      entries.push(...(body as T[]));
      const next = nextCursor(headers.get('link') ?? '');
      if (next === undefined || next === before || entries.length >= limit) return entries.slice(0, limit);
      before = next;
    }
  }

  /** Opens an event stream. Without `lastEventId` it begins now. The caller reads it to its end, or aborts. */
  async stream(path: string, query: Query, lastEventId: string | undefined, abort: AbortSignal): Promise<Response> {
    const headers = {
      ...this.identity,
      accept: 'text/event-stream',
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    };
    const url = `${this.root}${path}?${searchOf(query)}`;
    const response = await fetch(url, { headers, redirect: 'manual', signal: abort }).catch((error: unknown) => {
      throw unreachableError(this.origin, this.sources.address, error, TIMEOUT_MS);
    });
    if (response.ok) return response;
    throw serverRefusal(this.origin, this.sources, response.status, await response.text());
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
          ...this.identity,
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

/** `before` of the next page. Of the address nothing else is used: it could send the management token elsewhere. */
function nextCursor(link: string): string | undefined {
  const [, target = ''] = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link) ?? [];
  return new URLSearchParams(target.slice(target.indexOf('?') + 1)).get('before') ?? undefined;
}

function searchOf(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const one of [value].flat()) if (one !== undefined) search.append(name, String(one));
  return search.toString();
}
