import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { TcpLink, type WireFaults } from './tcp.link.js';

/** A connection on loopback between an application and a server that can be cut, stalled and slowed. */
export class TcpProxy {
  private readonly links = new Set<TcpLink>();
  private readonly faults: WireFaults = { losesAnswers: false, bytesLost: 0, delayMs: 0 };
  private server: Server | undefined;
  private listeningPort = 0;
  private flow: (() => void) | undefined;

  private constructor(private readonly targetPort: number) {}

  static async start(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    await proxy.accept();
    return proxy;
  }

  get port(): number {
    return this.listeningPort;
  }

  /** A URL of the server's, changed to lead through here. */
  through(url: string): string {
    const changed = new URL(url);
    changed.port = String(this.port);
    return changed.href;
  }

  /** Open connections. */
  get connections(): number {
    return this.links.size;
  }

  /** Resets every connection, towards both sides. */
  cutAll(): void {
    for (const link of this.links) link.reset();
  }

  /** No byte passes any more, on new connections neither, and no side notices: half-open, as when packets are lost. */
  hold(): void {
    this.faults.stalled ??= new Promise((resolve) => (this.flow = resolve));
  }

  /** The bytes that were stalled arrive. */
  release(): void {
    delete this.faults.stalled;
    this.flow?.();
  }

  /** Bytes to the server pass, bytes from it are lost for good. `false` ends that. */
  dropServerToClient(drop = true): void {
    this.faults.losesAnswers = drop;
  }

  /** Bytes of the server that were lost so far. */
  get bytesLost(): number {
    return this.faults.bytesLost;
  }

  /** What is sent from now on takes this many milliseconds longer, in each direction. */
  latency(delayMs: number): void {
    this.faults.delayMs = delayMs;
  }

  /**
   * Once: bytes of a client that match still reach the server, and the connection is reset when the response comes, and the
   * promise resolves: the server has executed a request of which the client never learns the outcome. `matches` sees bytes in the pieces in which they arrive.
   */
  cutAfterRequest(matches: (bytes: Buffer) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.faults.trap = { matches, sprung: resolve };
    });
  }

  /** New connections are refused; open ones go on. */
  refuse(): void {
    this.server?.close();
  }

  /** Takes new connections again, on the same port. */
  async accept(): Promise<void> {
    this.server = createServer({ allowHalfOpen: true }, (client) => this.link(client));
    await once(this.server.listen(this.listeningPort, '127.0.0.1'), 'listening');
    this.listeningPort = (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.refuse();
    this.cutAll();
    this.release();
  }

  private link(client: Socket): void {
    const server = connect({ port: this.targetPort, host: '127.0.0.1', allowHalfOpen: true });
    const link = new TcpLink(client, server, this.faults);
    this.links.add(link);
    client.once('close', () => this.links.delete(link));
  }
}
