import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../../src/http/exchange.js';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { expectReport, fileOf, USAGE_VECTORS } from '../support/usage.vectors.js';
import { HANDSHAKE, WebSocketClient } from '../support/websocket.client.js';
import { closePayload, type FrameContent, OPCODE } from '../support/websocket.frames.js';
import { failing } from '../support/upstream.scenarios.js';
import { UpstreamSocket } from '../support/websocket.upstream.js';

describe('usage of a WebSocket', () => {
  const fixture = ProxyFixture.forTests();
  const closed: Exchange[] = [];
  beforeAll(() => fixture.app.running.observers.add({ onClosed: (exchange) => closed.push(exchange) }));
  beforeEach(() => void (closed.length = 0));

  /** The exchange after the upstream has sent the frames, every byte of which the client must get. */
  async function after(target: string, frames: readonly FrameContent[]): Promise<Exchange> {
    const upstream = new UpstreamSocket([['x-request-id', 'req_socket']]);
    fixture.upstream.once(upstream.handler);
    const client = await WebSocketClient.ask(fixture.app.port, [...HANDSHAKE, ...fixture.headers()], { target });
    await client.answer();
    await upstream.opened();
    for (const content of [...frames, { opcode: OPCODE.close, payload: closePayload(1000) }]) {
      const sent = await upstream.send(content);
      expect((await client.next())?.raw.equals(sent)).toBe(true);
    }
    client.socket.destroy();
    await until('the end of the exchange', () => closed.length > 0);
    return closed[0]!;
  }

  const vectors = USAGE_VECTORS.filter(({ kind }) => kind === 'ws');
  it.each(vectors)('is that of $file', async (vector) => {
    const messages = (JSON.parse(fileOf(vector).toString()) as unknown[]).map((message) => JSON.stringify(message));
    const exchange = await after(
      vector.path,
      messages.map((payload) => ({ opcode: OPCODE.text, payload })),
    );
    expectReport(exchange.usage, vector);
    expect(exchange.upstreamRequestId).toBe('req_socket');
  });

  it.each(vectors)('is that of $file in fragments with control frames between them', async (vector) => {
    const messages = (JSON.parse(fileOf(vector).toString()) as unknown[]).map((message) => JSON.stringify(message));
    const fragments = messages.flatMap((message): FrameContent[] => [
      { opcode: OPCODE.text, payload: message.slice(0, 40), fin: false },
      { opcode: OPCODE.ping, payload: 'between' },
      { opcode: OPCODE.continuation, payload: message.slice(40) },
      { opcode: OPCODE.binary, payload: message },
    ]);
    const exchange = await after(vector.path, fragments);
    expectReport(exchange.usage, vector);
  });

  it('is nothing when the upstream refuses the handshake', async () => {
    fixture.upstream.once(failing(403, 'forbidden'));
    const client = await WebSocketClient.ask(fixture.app.port, [...HANDSHAKE, ...fixture.headers()]);
    expect((await client.answer()).status).toBe(403);
    client.socket.destroy();
    await until('the end of the exchange', () => closed.length > 0);
    expect(closed[0]!.usage).toMatchObject({ source: 'none', reason: 'refused' });
  });

  it('is undecodable when messages are compressed', async () => {
    const exchange = await after('/v1/realtime?model=gpt-realtime', [
      { opcode: OPCODE.text, payload: 'not read', compressed: true },
    ]);
    expect(exchange.usage).toMatchObject({ source: 'none', reason: 'undecodable', model: 'gpt-realtime' });
    expect(exchange.asked).toEqual({ model: 'gpt-realtime' });
  });
});
