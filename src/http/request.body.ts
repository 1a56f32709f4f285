import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** A body of a known length up to this is collected and sent in one piece: cheaper than a stream for both sides. */
export const SMALL_BODY_BYTES = 64 * 1024;

/**
 * Hides the body from Fastify, which would otherwise check its content type (and refuse unknown ones with 415) and parse
 * it. Only the parsed headers change: forwarding reads `rawHeaders`.
 */
export function keepBodyRaw(request: IncomingMessage): void {
  request.headers['content-type'] = undefined as never;
  request.headers['content-length'] = undefined as never;
  request.headers['transfer-encoding'] = undefined as never;
}

/** Receives a small body. */
export interface BodyReceiver {
  onUploaded(bytes: number): void;
  onCollected(body: Buffer): void;
}

/** Hands over the whole of a small body. It is never called for a client that leaves before the end. */
export function collect(request: IncomingMessage, receiver: BodyReceiver): void {
  // The common case: the body came with the head, so no event has to be awaited.
  const whole = request.complete ? (request.read() as Buffer | null) : null;
  if (whole) {
    receiver.onUploaded(whole.length);
    return receiver.onCollected(whole);
  }
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => {
    pieces.push(piece);
    receiver.onUploaded(piece.length);
  });
  request.once('end', () => receiver.onCollected(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)));
}

/**
 * A request's body on its way upstream. Not the request itself: the upstream client destroys what it sends when the
 * upstream responds early or fails, and that would cut the connection before the client could read the response.
 */
export class UploadStream extends Readable {
  constructor(private readonly request: IncomingMessage) {
    super({ highWaterMark: SMALL_BODY_BYTES });
    request.on('data', this.onData).once('end', this.onEnd);
    request.pause();
  }

  override _read(): void {
    this.request.resume();
  }

  /** The server reads and discards what the client still sends. */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.request.off('data', this.onData).off('end', this.onEnd);
    done(error);
  }

  private readonly onData = (chunk: Buffer): void => {
    if (!this.push(chunk)) this.request.pause();
  };

  private readonly onEnd = (): void => {
    this.push(null);
  };
}
