import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { selfSigned } from '../support/certificate.js';
import { CliFixture } from '../support/cli.fixture.js';
import { cli } from '../support/cli.run.js';
import { freePort } from '../support/free.port.js';

describe('a server that cannot be reached', () => {
  const fixture = CliFixture.forTests({ body: [] });
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  const listening = async (server: Server): Promise<number> => {
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  };
  const list = async (...flags: string[]): Promise<string> => {
    const { code, stderr } = await cli(['manage', 'project', 'list', '--env', fixture.env, ...flags]);
    expect(code).toBe(4);
    return stderr;
  };
  const at = async (url: string): Promise<string> => list('--manage-api-base-url', url);

  it('is named with what to check and where its address is from', async () => {
    const port = await freePort();
    const env = fixture.files.file('at.env', `MANAGEMENT_TOKEN=operator\nLISTEN_ADDR=127.0.0.1:${port}\n`);
    const { stderr } = await cli(['manage', 'project', 'list', '--env', env]);
    expect(stderr.split('\n')).toEqual([
      `llm-proxy: http://127.0.0.1:${port} cannot be reached: the connection is refused (ECONNREFUSED)`,
      `llm-proxy: The address is from LISTEN_ADDR in ${env}. Is the server running there? --manage-api-base-url <url> names another address.`,
      '',
    ]);
  });

  it('because its name is unknown', async () => {
    expect(await at('http://no-such-host.invalid:1234')).toMatch(/the host name (?:is unknown|cannot be resolved now)/);
  });

  it('because it speaks no TLS', async () => {
    const stderr = await at(fixture.api.url.replace('http:', 'https:'));
    expect(stderr).toContain('the server does not speak TLS there');
    expect(stderr).toContain('Use http:// in place of https://');
  });

  it('because it expects TLS', async () => {
    const port = await listening(createTlsServer(selfSigned('127.0.0.1')));
    expect(await at(`http://127.0.0.1:${port}`)).toContain('use https:// in place of http://');
  });

  it('because its certificate is not trusted', async () => {
    const port = await listening(createTlsServer(selfSigned('127.0.0.1')));
    const stderr = await at(`https://127.0.0.1:${port}`);
    expect(stderr).toContain('its certificate is self-signed');
    expect(stderr).toContain('NODE_EXTRA_CA_CERTS');
  });

  it('because it closes the connection', async () => {
    const port = await listening(createServer((socket) => socket.destroy()));
    expect(await at(`http://127.0.0.1:${port}`)).toContain('the connection is closed without a response');
  });
});
