import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { End } from '../../src/http/exchange.js';
import { Browser } from '../admin/browser.js';
import { until } from '../support/app.js';
import { operator, type OperatorAnswer } from '../support/operators.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { sources } from '../support/sources.js';
import { echo } from '../support/websocket.upstream.js';
import { HANDSHAKE, WebSocketClient } from '../support/websocket.client.js';

const PAGE = readFileSync('docs/observability/instrumentation.md', 'utf8');
const ENDS: Record<End, true> = {
  ok: true,
  client: true,
  upstream: true,
  upstream_timeout: true,
  proxy: true,
  store: true,
  limit: true,
  auth: true,
  drain: true,
  revoked: true,
};
/** Only lines of several workers have it. */
const OF_WORKERS = 'worker';

/** The names in the first cells of a marked table. */
function names(block: string): string[] {
  const table = new RegExp(`<!-- ${block} -->[^]*<!-- /${block} -->`).exec(PAGE)![0];
  return [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name!);
}

describe('the page of the log', () => {
  const fixture = ProxyFixture.forTests();
  let made: OperatorAnswer;
  let browser: Browser;
  beforeAll(async () => {
    made = await operator(fixture.app);
    const isLogged = (line: Record<string, unknown>) => line['path'] === '/manage/operators';
    await until('the line of the creation', () => fixture.app.accessLines.some(isLogged));
    browser = await Browser.signedIn(fixture.app);
    const isLogin = (line: Record<string, unknown>) => line['path'] === '/manage/session';
    await until('the line of the login', () => fixture.app.accessLines.some(isLogin));
  });
  const next = async (work: () => Promise<unknown>): Promise<Record<string, unknown>> => {
    const before = fixture.app.accessLines.length;
    await work();
    await until('the line', () => fixture.app.accessLines.length > before);
    return fixture.app.accessLines[before]!;
  };

  /** The next exchange has figures, as if the upstream had reported them. */
  const reportUsage = (): void => {
    const { lifecycle } = fixture.app.running;
    const ended = lifecycle.ended.bind(lifecycle);
    lifecycle.ended = (exchange) => {
      lifecycle.ended = ended;
      exchange.usage = { source: 'provider', model: 'gpt-5', figures: { input: 3, output: 2, cached: 1 } };
      ended(exchange);
    };
  };

  const EXCHANGES: Record<string, () => Promise<unknown>> = {
    'a proxied request': () => {
      reportUsage();
      return fixture.call({ body: '{}', headers: [...fixture.headers(), ['X-Correlation-Id', 'order-17']] });
    },
    'a refusal': () => fixture.call({ headers: [] }),
    'a management call': () => fixture.call({ method: 'GET', target: '/manage/projects', headers: [] }),
    'a call of an operator': () => fixture.app.manage('GET', '/manage/whoami', undefined, made.token),
    'a call in a session': () => browser.call('GET', '/manage/whoami'),
    'an upstream that breaks off': () => {
      fixture.upstream.once(async (exchange) => {
        await exchange.receiveAll();
        exchange.reset();
      });
      return fixture.call();
    },
    'a client that leaves': async () => {
      const stream = fixture.upstream.sse();
      const client = await fixture.connect();
      await client.send({ target: '/v1/left', headers: fixture.headers() });
      await stream.opened();
      client.reset();
    },
    'a WebSocket': async () => {
      fixture.upstream.once(echo([]));
      const client = await WebSocketClient.ask(fixture.app.port, [...HANDSHAKE, ...fixture.headers()]);
      await client.answer();
      client.socket.destroy();
    },
    'bytes that are not HTTP': async () => {
      const client = await fixture.connect();
      await client.write('\x16\x03\x01\x02\x00\x01\x00');
      await client.response();
      client.destroy();
    },
  };

  it('has every field of the lines, and no other', async () => {
    const seen = new Set<string>();
    for (const exchange of Object.values(EXCHANGES))
      for (const field of Object.keys(await next(exchange))) seen.add(field);
    expect(names('fields').toSorted()).toEqual([...seen, OF_WORKERS].toSorted());
  });

  it('has the fields that are never absent in the line of every exchange', async () => {
    const always = [...PAGE.matchAll(/^\| `(\w+)` \|.*\| never \|$/gm)].map(([, name]) => name!);
    expect(always).toContain('end');
    for (const [kind, exchange] of Object.entries(EXCHANGES))
      expect([kind, Object.keys(await next(exchange))]).toEqual([kind, expect.arrayContaining(always)]);
  });

  it('has every end word, and no other', () => {
    expect(names('ends').toSorted()).toEqual(Object.keys(ENDS).toSorted());
  });

  it('quotes only lines that the sources have', () => {
    const text = sources();
    const table = /## Other lines[^]*?\n## /.exec(PAGE)![0];
    const rows = [...table.matchAll(/^\| (`[^|]+`) \|/gm)];
    const quoted = rows.flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map(([, quote]) => quote!));
    expect(quoted.length).toBeGreaterThan(20);
    for (const part of quoted.flatMap((quote) => quote.split('…'))) expect(text).toContain(part.trim());
  });
});
