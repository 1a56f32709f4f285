import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { FrontEnd, PLAIN_FRONTS } from '../support/front.end.js';
import { framingRows, type FramingInput } from '../support/hostile.framing.js';
import { Attack } from '../support/hostile.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import type { RawClient } from '../support/raw.client.js';
import type { RawResponse } from '../support/raw.response.js';
import type { RecordedRequest } from '../support/recorded.request.js';

const FRONT_ENDS = ['nginx', 'haproxy'] as const;

/** What only the tests' own well-formed requests carry. */
const PLAIN = '/v1/models?plain=';
let plain = 0;

/** The upstream's response: all that it understood. */
const echo = ({ method, target, text }: RecordedRequest): string => `${method} ${target} ${text}`;

// Whether the front end refuses a message, mends it or passes it on as it is, is its own affair and changes with its
// version. The assertions are true in every case.
describe.each(FRONT_ENDS)('hostile framing behind %s', (name) => {
  const program = inject(name);
  const fixture = ProxyFixture.forTests();
  const attack = new Attack(fixture);
  let front: FrontEnd;

  if (program !== null) {
    beforeAll(async () => {
      front = await FrontEnd.start(name, program, fixture.app.port, PLAIN_FRONTS[name]);
    });
    afterAll(() => front?.stop());
  }

  beforeEach(() =>
    fixture.upstream.reply(async (exchange) => {
      if (await exchange.receiveAll()) await exchange.answer({ body: echo(exchange.request) });
    }),
  );

  /** A well-formed request under the fixture's other token, and its own response. */
  const plainRequest = (): { bytes: string; own: string } => {
    const target = `${PLAIN}${++plain}`;
    const bytes = `GET ${target} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${fixture.token.token}\r\n\r\n`;
    return { bytes, own: `GET ${target} ` };
  };

  /** Every response up to that of a plain request sent after it on the same connection, or up to the connection's end. */
  const answers = async (client: RawClient): Promise<RawResponse[]> => {
    const all: RawResponse[] = [];
    const own = new Set<string>();
    for (;;) {
      const response = await client.response().catch(() => undefined);
      // Not even a status line, or no more responses: the connection has ended.
      if (response === undefined) {
        await client.closed();
        return all;
      }
      if (own.has(response.text)) return all;
      all.push(response);
      const next = plainRequest();
      own.add(next.own);
      await client.write(next.bytes);
    }
  };

  /** Clients on other connections get their own responses over the idle connections of the front end. */
  const othersAreServed = async (): Promise<void> => {
    const served = async (): Promise<void> => {
      const { bytes, own } = plainRequest();
      const client = await front.connect();
      await client.write(bytes);
      const { status, text } = await client.response();
      client.destroy();
      expect([status, text]).toEqual([200, own]);
    };
    await served();
    await Promise.all([served(), served()]);
    await attack.lives();
  };

  const recorded = (): RecordedRequest[] => fixture.upstream.requests.filter(({ target }) => !target.startsWith(PLAIN));

  /** Sends it; returns the whole requests upstream and the responses to served ones, with all checked but these. */
  const outcome = async ({ start, lines, body }: FramingInput): Promise<{ whole: string[]; served: string[] }> => {
    fixture.upstream.requests.length = 0;
    const taken = await attack.taken();
    const client = await front.connect();
    await client.write(await attack.request(lines, body, start));
    const served = (await answers(client)).filter(({ status }) => status < 300).map(({ text }) => text);
    client.destroy();
    await othersAreServed();

    const requests = recorded();
    const whole: string[] = [];
    for (const request of requests) {
      expect([request.faults, request.trailers]).toEqual([[], []]);
      expect(request.rawHead.toString()).not.toMatch(/EVIL|ext=|\/admin/);
      if ((await request.bodyEnded()) === 'complete') whole.push(echo(request));
    }
    // One that broke off on its way may have been taken or not.
    const now = (await attack.taken()) - taken;
    expect(now >= whole.length && now <= requests.length, `${now} taken`).toBe(true);
    return { whole, served };
  };

  it.skipIf(program === null).each([...framingRows()])(`%s behind ${name}`, async (_row, inputs) => {
    for (const input of inputs) {
      const { whole, served } = await outcome(input);
      // At most the one request that the message may be read as, with one response of its own.
      const once = whole.length > 0 && input.meaning !== null ? [input.meaning] : [];
      expect({ input, whole, served }).toEqual({ input, whole: once, served: once });
    }
  });

  it.skipIf(program === null)(`FR-31 behind ${name}`, async () => {
    const taken = await attack.taken();
    const client = await front.connect();
    const smuggled = await attack.request('', '', 'GET /v1/models?smuggled HTTP/1.1');
    const body = smuggled.repeat(Math.ceil(1_000_000 / smuggled.length));
    await client.write(`POST /v1/files HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`);
    void client.write(body);
    const all = await answers(client);
    client.destroy();
    // A front end that is cut off while it still sends may respond with a text of its own.
    for (const { status } of all) expect([400, 401, 408, 502]).toContain(status);
    await othersAreServed();
    expect(recorded()).toEqual([]);
    expect(await attack.taken()).toBe(taken);
  });

  it.skipIf(program === null)(`FR-32 behind ${name}`, async () => {
    const { id } = await fixture.app.project();
    const tokens = await Promise.all(
      Array.from({ length: 50 }, () => fixture.app.token({ project_id: id, max_requests: 2 })),
    );
    const client = await front.connect();
    await client.write(
      tokens
        .map(({ token }, n) => `GET /v1/n/${n} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`)
        .join(''),
    );
    for (const n of tokens.keys()) expect((await client.response()).text).toBe(`GET /v1/n/${n} `);
    client.destroy();
    for (const { id: token } of tokens) expect((await fixture.app.tokenById(token)).request_count).toBe(1);
    await othersAreServed();
  });
});
