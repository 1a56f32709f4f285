import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** Bodies of a known length up to this are collected and sent in one piece: cheaper than a stream for both sides. */
export const SMALL_BODY_BYTES = 64 * 1024;

/**
 * Hides the body from Fastify, which would otherwise judge its content type (refusing odd ones with 415) and parse it.
 * Only the parsed view changes: what is forwarded is read from `rawHeaders`.
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

/** Hands over the whole of a small body; never, when the client leaves before its end. */
export function collect(request: IncomingMessage, receiver: BodyReceiver): void {
  // It came with the head, as it nearly always does: no event has to be awaited.
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
