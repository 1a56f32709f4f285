import type { Socket } from 'node:net';
import { Client, type buildConnector, type Dispatcher } from 'undici';

/** Chunk extensions, interim answers and the like between two pieces of a body: nobody honest needs more. */
const MAX_OVERHEAD_BYTES = 64 * 1024;

/** Counts what an upstream sends without getting anywhere (its reader says when it did), and sees its connection break. */
export class OverheadMeter {
  private bytes = 0;
  /** A reset may look like an end: undici takes it for one where only the close delimits a body. */
  isBroken = false;

  /** A head, a piece of a body or an end was read. */
  progress(): void {
    this.bytes = 0;
  }

  watch(socket: Socket): void {
    this.bytes = 0;
    this.isBroken = false;
    socket.once('error', () => (this.isBroken = true));
    const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
    socket.read = (size?: number): Buffer | null => {
      if (this.bytes > MAX_OVERHEAD_BYTES) {
        socket.destroy(new Error('the upstream sends framing without end'));
        return null;
      }
      const bytes = read(size);
      if (bytes !== null) this.bytes += bytes.length;
      return bytes;
    };
  }
}

/** Gets the meter of the connection its request is sent on. */
export interface Metered {
  meter?: OverheadMeter;
}

/** What a pool hands to the clients it makes: its connector is built by then. */
export type MeteredOptions = Client.Options & { connect: buildConnector.connector };

/** One connection at a time, with a meter on what it receives. */
export class MeteredClient extends Client {
  private readonly meter: OverheadMeter;

  constructor(origin: URL, { connect, ...options }: MeteredOptions) {
    const meter = new OverheadMeter();
    super(origin, {
      ...options,
      connect: (target, done) =>
        connect(target, (error, socket) => {
          if (!socket) return done(error, null);
          meter.watch(socket);
          done(null, socket);
        }),
    });
    this.meter = meter;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler & Metered): boolean {
    handler.meter = this.meter;
    return super.dispatch(options, handler);
  }
}
