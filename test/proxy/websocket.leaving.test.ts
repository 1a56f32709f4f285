import { describe, expect, it } from 'vitest';
import { MemoryCounter } from '../../src/limits/memory.counter.js';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import type { Handler } from '../support/upstream.connection.js';
import { HANDSHAKE, WebSocketClient } from '../support/websocket.client.js';
import { closePayload, OPCODE } from '../support/websocket.frames.js';
import { UpstreamSocket } from '../support/websocket.upstream.js';

const NORMAL = { opcode: OPCODE.close, payload: closePayload(1000) };

describe('a WebSocket whose client leaves, at an upstream that does not', () => {
  const fixture = ProxyFixture.forTests({ UPSTREAM_IDLE_TIMEOUT: '60s' });

  /** An open socket that uses the only slot of its token. The upstream learns that the other side has closed, and stays. */
  async function open() {
    const token = await fixture.app.token({ max_concurrent: 1 });
    const upstream = new UpstreamSocket();
    const stays: Handler = async (exchange) => {
      await upstream.handler(exchange);
      await new Promise(() => undefined);
    };
    fixture.upstream.once(stays);
    const client = await WebSocketClient.ask(fixture.app.port, [...HANDSHAKE, ...fixture.headers(token)]);
    const { header } = await client.answer();
    const request = await upstream.opened();
    const ended = async () => {
      await until(
        'the slot to be free',
        () => fixture.app.running.app.get(MemoryCounter).runningOf({ scope: 'token', id: token.id }) === 0,
      );
      return fixture.app.accessLines.find((line) => line['request_id'] === header('x-proxy-request-id'));
    };
    return { client, upstream, request, ended };
  }

  it.each(['end', 'destroy', 'resetAndDestroy'] as const)('by %s is over at once', async (how) => {
    const { client, request, ended } = await open();
    client.socket[how]();
    expect(await ended()).toMatchObject({ status: 101, end: 'client' });
    expect((await request.closed()).by).toBe('peer');
  });

  it('after a last message still has it delivered to the upstream', async () => {
    const { client, upstream, ended } = await open();
    const sent = await client.send({ opcode: OPCODE.text, payload: 'last words' });
    client.socket.end();
    expect((await upstream.next())?.raw).toEqual(sent);
    expect(await ended()).toMatchObject({ end: 'client' });
  });

  it('after a close frame still gets the upstream’s', async () => {
    const { client, upstream, request, ended } = await open();
    await client.send(NORMAL);
    client.socket.end();
    expect((await request.closed()).how).toBe('fin');
    const sent = await upstream.send(NORMAL);
    expect((await client.next())?.raw).toEqual(sent);
    expect(await client.next()).toBeUndefined();
    expect(await ended()).toMatchObject({ end: 'client' });
  });

  it('after a close frame does not wait for long for the upstream’s', async () => {
    const { client, ended } = await open();
    await client.send(NORMAL);
    client.socket.end();
    expect(await client.closed()).toBe('fin');
    expect(await ended()).toMatchObject({ end: 'client' });
  });

  it('after the upstream’s close frame is over', async () => {
    const { client, upstream, ended } = await open();
    await upstream.send(NORMAL);
    expect((await client.next())?.opcode).toBe(OPCODE.close);
    await client.send(NORMAL);
    client.socket.end();
    expect((await upstream.next())?.opcode).toBe(OPCODE.close);
    expect(await ended()).toMatchObject({ status: 101, end: 'ok' });
  });
});
