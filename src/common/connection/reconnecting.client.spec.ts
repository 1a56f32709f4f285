import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReconnectingClient } from './reconnecting.client.js';

function setUp() {
  const losses: ((cause: unknown) => void)[] = [];
  const connector = {
    create: vi.fn(async (onLost: (cause: unknown) => void) => losses.push(onLost)),
    connect: vi.fn(async () => undefined),
    ping: vi.fn(async () => undefined),
    close: vi.fn(async () => undefined),
    destroy: vi.fn(),
  };
  const listener = { onUp: vi.fn(), onDown: vi.fn() };
  return { losses, connector, listener, connection: new ReconnectingClient<number>(connector, listener) };
}

describe(ReconnectingClient.name, () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('reconnects after a failed connect, and after a lost connection', async () => {
    const { losses, connector, listener, connection } = setUp();
    connector.connect.mockRejectedValueOnce(new Error('refused'));
    await connection.open();
    expect([connection.current, listener.onDown.mock.calls.length]).toEqual([undefined, 1]);
    await vi.advanceTimersToNextTimerAsync();
    expect([connection.current, listener.onUp.mock.calls.length]).toEqual([2, 1]);
    losses[1]!(new Error('lost'));
    losses[1]!(new Error('lost, said again'));
    expect([connection.current, listener.onDown.mock.calls.length]).toEqual([undefined, 2]);
    await vi.advanceTimersToNextTimerAsync();
    expect(connection.current).toBe(3);
    expect(connector.destroy.mock.calls).toEqual([[1], [2]]);
    await connection.close();
  });

  it('drops a connection whose ping has no response', async () => {
    const { connector, connection } = setUp();
    await connection.open();
    connector.ping.mockReturnValueOnce(new Promise(() => undefined));
    await vi.advanceTimersByTimeAsync(2000);
    await new Promise(setImmediate);
    expect(connector.destroy).toHaveBeenCalledWith(1);
    await connection.close();
  });

  it('closes within a quarter of a second, and leaves no timer', async () => {
    const { connector, connection } = setUp();
    await connection.open();
    connector.close.mockReturnValueOnce(new Promise(() => undefined));
    const closed = connection.close();
    await vi.advanceTimersByTimeAsync(250);
    await closed;
    expect(connector.destroy).toHaveBeenCalledWith(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('opens nothing once it is closed', async () => {
    const { connector, connection } = setUp();
    const opened = connection.open();
    await connection.close();
    await opened;
    expect([connection.current, connector.connect.mock.calls.length]).toEqual([undefined, 0]);
  });
});
