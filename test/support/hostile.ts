import { expect } from 'vitest';
import { until, type TokenAnswer } from './app.js';
import type { ProxyFixture } from './proxy.fixture.js';
import { RawClient } from './raw.client.js';
import type { RawResponse } from './raw.response.js';

/** Ten times the second that the rows ask for, so that a busy machine stays below it. */
const RESPONSE_WITHIN_MS = 10_000;

/** Sends hostile bytes and checks what every row of the catalogue requires besides its own outcome. */
export class Attack {
  /** A capped token: its count shows at once whether something was taken. */
  private token: TokenAnswer | undefined;

  constructor(private readonly fixture: ProxyFixture) {}

  /** Header lines of a request that would be served. */
  async credentials(): Promise<string> {
    this.token ??= await this.fixture.app.token({ max_requests: 1_000_000 });
    return `Host: a\r\nAuthorization: Bearer ${this.token.token}\r\n`;
  }

  /** A whole request with these header lines. */
  async request(lines = '', body = '', start = 'POST /v1/files HTTP/1.1'): Promise<string> {
    return `${start}\r\n${await this.credentials()}${lines}\r\n${body}`;
  }

  /** Refused: in time, connection closed, nothing upstream, nothing taken, one line, and still alive. */
  async isRefused(bytes: string | Buffer, statuses: readonly number[] = [400], closes = true): Promise<RawResponse> {
    const taken = await this.taken();
    const upstream = this.fixture.bytesUpstream;
    const lines = this.lines();
    const client = await this.connect();
    await client.write(bytes);
    const response = await client.response({ timeoutMs: RESPONSE_WITHIN_MS });
    expect({
      bytes: String(bytes).slice(0, 200),
      status: statuses.includes(response.status) ? 'refused' : response.status,
    }).toEqual({
      bytes: String(bytes).slice(0, 200),
      status: 'refused',
    });
    if (closes) expect(await client.closed()).toBe('fin');
    client.destroy();
    await until('one line', () => this.lines() > lines);
    expect(this.lines()).toBe(lines + 1);
    expect(this.fixture.bytesUpstream).toBe(upstream);
    expect(await this.taken()).toBe(taken);
    await this.lives();
    return response;
  }

  /** Served: in time, with one request upstream and one line. */
  async isServed(bytes: string | Buffer, method = 'POST'): Promise<RawResponse> {
    const lines = this.lines();
    const client = await this.connect();
    await client.write(bytes);
    const response = await client.response({ method, timeoutMs: RESPONSE_WITHIN_MS });
    expect(response.status).toBe(200);
    client.destroy();
    await until('one line', () => this.lines() > lines);
    expect(this.lines()).toBe(lines + 1);
    await this.lives();
    return response;
  }

  async lives(): Promise<void> {
    const client = await this.connect();
    await client.write('GET /live HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await client.response()).status).toBe(200);
    client.destroy();
  }

  async taken(): Promise<number> {
    await this.credentials();
    return (await this.fixture.app.tokenById(this.token!.id)).request_count;
  }

  /** Access-log lines so far, without those of the checks themselves. */
  lines(): number {
    return this.fixture.app.accessLines.filter(({ path }) => path !== '/live' && !String(path).startsWith('/manage/'))
      .length;
  }

  private connect(): Promise<RawClient> {
    return RawClient.connect(this.fixture.app.port);
  }
}
