import { afterEach, describe, expect, it } from 'vitest';
import { ConnectProxy } from '../../test/support/connect.proxy.js';
import { loadConfig } from '../config/config.loader.js';
import { connectorFor } from './guarded.connector.js';
import { UpstreamError } from './upstream.error.js';

const MANAGEMENT_TOKEN = 'Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MDEyMzQ1';

describe(connectorFor.name, () => {
  let proxy: ConnectProxy;
  afterEach(() => proxy.close());

  const connect = async (origin: string): Promise<unknown> => {
    const { providers, upstream } = loadConfig({
      MANAGEMENT_TOKEN,
      UPSTREAM_PROXY: `http://127.0.0.1:${proxy.port}`,
    }).config;
    return new Promise((resolve) =>
      connectorFor(origin, providers.standard, upstream)((error, socket) => resolve(error ?? socket.destroy())),
    );
  };

  it.each(['http://10.0.0.1', 'https://[fd00::1]', 'http://localhost:9'])(
    'refuses the private address %s, with a forward proxy too',
    async (origin) => {
      proxy = await ConnectProxy.start(() => 1);
      const error = (await connect(origin)) as UpstreamError;
      expect([error.kind, (error.cause as NodeJS.ErrnoException).code]).toEqual(['unreachable', 'EPRIVATE']);
      expect(proxy.requests).toEqual([]);
    },
  );

  it('lets the proxy resolve a name', async () => {
    proxy = await ConnectProxy.start(() => proxy.port);
    expect(await connect('http://name.invalid')).not.toBeInstanceOf(UpstreamError);
    expect(proxy.requests).toHaveLength(1);
  });
});
