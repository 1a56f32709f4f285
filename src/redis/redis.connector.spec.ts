import { describe, expect, it, vi } from 'vitest';
import { ReconnectingClient } from '../common/connection/reconnecting.client.js';
import { RedisConnector } from './redis.connector.js';

describe(RedisConnector.name, () => {
  it('reports a connection that is down when the client refuses the address', async () => {
    const listener = { onUp: vi.fn(), onDown: vi.fn() };
    const connection = new ReconnectingClient(new RedisConnector('redis://127.0.0.1:9/abc', vi.fn()), listener);
    void connection.open();
    await vi.waitFor(() => expect(listener.onDown).toHaveBeenCalledWith(expect.any(TypeError)), 5000);
    expect(connection.current).toBeUndefined();
    await connection.close();
  });
});
