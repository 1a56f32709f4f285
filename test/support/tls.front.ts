import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { selfSigned } from './certificate.js';

/** TLS in front of a plain port on loopback: passes the bytes of each connection on, both ways. */
export class TlsFront {
  /** Every connection whose handshake went through. */
  readonly connections: TLSSocket[] = [];

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(certificate: ReturnType<typeof selfSigned>, to: () => number): Promise<TlsFront> {
    // Offers HTTP/2, which the client must not choose.
    const server = createServer({ ...certificate, ALPNProtocols: ['h2', 'http/1.1'] });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const front = new TlsFront(server, (server.address() as AddressInfo).port);
    server.on('secureConnection', (socket) => {
      front.connections.push(socket);
      const behind = connect(to(), '127.0.0.1');
      socket.pipe(behind).pipe(socket);
      socket.on('error', () => behind.destroy()).on('close', () => behind.destroy());
      behind.on('error', () => socket.destroy());
    });
    return front;
  }

  async close(): Promise<void> {
    for (const socket of this.connections) socket.destroy();
    await new Promise((resolve) => void this.server.close(resolve));
  }
}
