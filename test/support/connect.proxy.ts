import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { selfSigned } from './certificate.js';

/** A forward proxy on loopback that keeps the heads of the requests it got. */
export class ConnectProxy {
  /** The heads, in order. */
  readonly requests: string[] = [];
  /** What it responds; a response with another status than 200 opens no tunnel. */
  response = 'HTTP/1.1 200 Connection established\r\n\r\n';
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    /** Where its tunnels lead, whatever the client asks for. */
    private readonly to: () => number,
  ) {}

  static async start(to: () => number, certificate?: ReturnType<typeof selfSigned>): Promise<ConnectProxy> {
    const server = certificate ? createTlsServer(certificate) : createServer();
    const proxy = new ConnectProxy(server, to);
    server.on(certificate ? 'secureConnection' : 'connection', (socket: Socket) => proxy.serve(socket));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((closed) => this.server.close(closed));
  }

  private serve(socket: Socket): void {
    this.keep(socket);
    let text = '';
    const onData = (bytes: Buffer): void => {
      text += bytes.toString('latin1');
      if (!text.endsWith('\r\n\r\n')) return;
      socket.off('data', onData);
      this.requests.push(text);
      socket.write(this.response);
      if (this.response.startsWith('HTTP/1.1 200')) this.open(socket);
      else socket.end();
    };
    socket.on('data', onData);
  }

  private open(socket: Socket): void {
    const behind = this.keep(connect(this.to(), '127.0.0.1'));
    socket.pipe(behind).pipe(socket);
    behind.on('close', () => socket.destroy());
    socket.on('close', () => behind.destroy());
  }

  private keep(socket: Socket): Socket {
    this.sockets.add(socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket)));
    return socket;
  }
}
