import { once } from 'node:events';
import { expect, it } from 'vitest';
import { TestApp, until } from '../support/app.js';
import { BuiltServer } from '../support/built.server.js';
import { onServers } from '../support/databases.js';
import { TcpProxy } from '../support/tcp.proxy.js';

const OTHER_KEY = Buffer.from('another-key-0123456789-abcdefghi').toString('base64');

onServers('a server that already listens when its database refuses it', (store) => {
  /** Away when the server starts; comes back, and the process has to end. */
  async function ends(variables: Record<string, string | undefined>, changed: Record<string, string>) {
    const url = changed['DATABASE_URL'] ?? variables['DATABASE_URL']!;
    const wire = await TcpProxy.start(Number(new URL(url).port));
    wire.refuse();
    const server = await BuiltServer.start({ ...variables, ...changed, DATABASE_URL: wire.through(url) });
    const ended = once(server.process, 'exit');
    await until('its first try', () => server.lines.some((line) => line.includes('cannot be opened yet')));
    await wire.accept();
    await ended;
    wire.close();
    return { code: await server.stop(), log: server.lines.join('\n') };
  }

  it('ends with exit code 78 and the reason when there is no such database', async () => {
    const { variables, drop } = await store.fresh();
    const url = new URL(variables['DATABASE_URL']!);
    url.pathname = 'no_such_database';
    const { code, log } = await ends(variables, { DATABASE_URL: url.href });
    expect(code).toBe(78);
    expect(log).toContain('DATABASE_URL there is no database no_such_database');
    await drop();
  });

  it('ends with exit code 78 when its key is another, and leaves no row in the registry', async () => {
    const { variables, drop } = await store.fresh();
    const app = await TestApp.start(variables);
    await until('it is ready', async () => (await fetch(`${app.url}/ready`)).status === 200);
    await app.token();
    const { code, log } = await ends(variables, { ENCRYPTION_KEY: OTHER_KEY });
    expect(code).toBe(78);
    expect(log).toContain('ENCRYPTION_KEY');
    const { replicas } = (await (await fetch(`${app.url}/health`)).json()) as { replicas: unknown[] };
    expect(replicas).toHaveLength(1);
    await app.close();
    await drop();
  });
});
