import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from './app.js';
import { TcpProxy } from './tcp.proxy.js';

/** A client through the proxy, with everything it got. */
class Client {
  got = '';
  closed: string | undefined;

  private constructor(readonly socket: Socket) {
    socket.on('data', (bytes) => (this.got += bytes.toString()));
    socket.on('error', (error: NodeJS.ErrnoException) => (this.closed = error.code));
    socket.on('close', () => (this.closed ??= 'closed'));
  }

  static async connect(port: number): Promise<Client> {
    const client = new Client(connect(port, '127.0.0.1'));
    await once(client.socket, 'connect');
    return client;
  }

  async asks(text: string): Promise<string> {
    const before = this.got.length;
    this.socket.write(text);
    await until(`an answer to ${text}`, () => this.got.length === before + text.length);
    return this.got.slice(before);
  }
}

describe(TcpProxy, () => {
  let heard: string;
  let accepted: Socket[];
  let server: Server;
  let proxy: TcpProxy;
  let client: Client;

  beforeEach(async () => {
    heard = '';
    accepted = [];
    // Answers in capitals.
    server = createServer((socket) => {
      accepted.push(socket);
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        heard += bytes.toString();
        socket.write(bytes.toString().toUpperCase());
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    proxy = await TcpProxy.start((server.address() as AddressInfo).port);
    client = await Client.connect(proxy.port);
    expect(await client.asks('hello')).toBe('HELLO');
  });
  afterEach(() => {
    proxy.close();
    server.close();
  });

  it('carries an end to the other side', async () => {
    client.socket.end();
    await until('the end', () => client.closed !== undefined && proxy.connections === 0);
    expect([client.closed, heard]).toEqual(['closed', 'hello']);
  });

  it('changes a URL to lead through itself', () => {
    expect(proxy.through('redis://:secret@127.0.0.1:1/2')).toBe(`redis://:secret@127.0.0.1:${proxy.port}/2`);
  });

  it('cuts with a reset towards both sides', async () => {
    const reset = once(accepted[0]!, 'error');
    proxy.cutAll();
    await until('the reset', () => client.closed !== undefined);
    expect(client.closed).toBe('ECONNRESET');
    expect(await reset).toMatchObject([{ code: 'ECONNRESET' }]);
    expect(proxy.connections).toBe(0);
  });

  it('stalls everything, on new connections too, and then lets it arrive in order', async () => {
    proxy.hold();
    client.socket.write('one');
    client.socket.write('two');
    const late = await Client.connect(proxy.port);
    late.socket.write('late');
    await until('the bytes to leave', () => client.socket.bytesWritten === 11 && late.socket.bytesWritten === 4);
    await until('the server to have seen the second', () => accepted.length === 2);
    expect([heard, client.got, client.closed]).toEqual(['hello', 'HELLO', undefined]);
    proxy.release();
    await until('the rest', () => client.got === 'HELLOONETWO' && late.got === 'LATE');
  });

  it('loses the bytes of the server', async () => {
    proxy.dropServerToClient();
    client.socket.write('lost');
    await until('the answer to be lost', () => proxy.bytesLost === 4);
    proxy.dropServerToClient(false);
    expect(await client.asks('back')).toBe('BACK');
    expect([heard, client.got]).toEqual(['hellolostback', 'HELLOBACK']);
  });

  it('delays in both directions, and keeps the order', async () => {
    proxy.latency(30);
    const startedAt = performance.now();
    expect(await client.asks('slow')).toBe('SLOW');
    expect(performance.now() - startedAt).toBeGreaterThan(55);
    client.socket.write('late');
    proxy.latency(0);
    client.socket.write('fast');
    await until('both', () => client.got === 'HELLOSLOWLATEFAST');
  });

  it('refuses new connections, keeps open ones, and accepts again on the same port', async () => {
    proxy.refuse();
    await expect(Client.connect(proxy.port)).rejects.toThrow('ECONNREFUSED');
    expect(await client.asks('still')).toBe('STILL');
    const { port } = proxy;
    await proxy.accept();
    expect(await (await Client.connect(port)).asks('again')).toBe('AGAIN');
  });

  it('cuts when the response to the one matching request comes', async () => {
    const cut = proxy.cutAfterRequest((bytes) => bytes.includes('take'));
    expect(await client.asks('other')).toBe('OTHER');
    client.socket.write('take');
    await cut;
    await until('the reset', () => client.closed !== undefined);
    expect([client.closed, client.got, heard]).toEqual(['ECONNRESET', 'HELLOOTHER', 'helloothertake']);
    expect(await (await Client.connect(proxy.port)).asks('take')).toBe('TAKE');
  });

  it('resets a client when no server is there', async () => {
    const gone = await TcpProxy.start(1);
    const lost = await Client.connect(gone.port);
    await until('the reset', () => lost.closed !== undefined);
    expect(lost.closed).toBe('ECONNRESET');
    gone.close();
  });
});
