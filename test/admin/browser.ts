import { DataSource } from 'typeorm';
import { MANAGEMENT_TOKEN, type TestApp } from '../support/app.js';

export const PLAIN = 'llm_proxy_session';
export const SECURE = '__Host-llm_proxy_session';

/** The headers of a call from the web interface itself. */
export const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin', 'x-llm-proxy-admin': '1' };

export interface SessionAnswer {
  via: string;
  id: string;
  name?: string;
  role: string;
  [field: string]: unknown;
}

/** What a browser keeps of one server: a cookie, and nothing else. */
export class Browser {
  /** As the header `Cookie` has it; undefined before a login and after a logout. */
  cookie: string | undefined;
  session!: SessionAnswer;

  constructor(readonly app: TestApp) {}

  /** A browser that has signed in. */
  static async signedIn(app: TestApp, body: object = {}, token = MANAGEMENT_TOKEN): Promise<Browser> {
    const browser = new Browser(app);
    const answer = await browser.signIn(body, token);
    if (answer.status !== 201) throw new Error(await answer.text());
    browser.session = (await answer.json()) as SessionAnswer;
    return browser;
  }

  async signIn(body: object = {}, token = MANAGEMENT_TOKEN, headers: Record<string, string> = {}): Promise<Response> {
    return this.call('POST', '/manage/session', body, { authorization: `Bearer ${token}`, ...headers });
  }

  /** A call from a page of the server. `headers` add to those of the browser. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    app = this.app,
  ): Promise<Response> {
    const response = await fetch(`${app.url}${path}`, {
      method,
      headers: {
        ...SAME_ORIGIN,
        ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    this.keep(response.headers.getSetCookie());
    return response;
  }

  /** The status of a call, and the code of its refusal. */
  async outcome(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<unknown> {
    return outcomeOf(await this.call(method, path, body, headers));
  }

  /** The secret in the cookie. */
  get secret(): string {
    return this.cookie!.slice(this.cookie!.indexOf('=') + 1);
  }

  private keep(set: readonly string[]): void {
    for (const [pair, ...attributes] of set.map((line) => line.split('; '))) {
      const isGone = attributes.includes('Max-Age=0');
      if (!isGone) this.cookie = pair;
      else if (this.cookie?.startsWith(pair!)) this.cookie = undefined;
    }
  }
}

/** The status of a response, and the code of its refusal. */
export async function outcomeOf(response: Response): Promise<unknown> {
  const text = await response.text();
  return response.ok ? response.status : `${response.status} ${(JSON.parse(text) as { code: string }).code}`;
}

/** The sentence of a refusal. */
export const sentenceOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { error: string }).error;

/** Statements of a test on the database of a server. */
export const query = async (app: TestApp, sql: string): Promise<Record<string, unknown>[]> =>
  app.running.app.get(DataSource).query(sql);
