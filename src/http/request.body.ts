import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

/** Bodies of a known length up to this are collected and sent in one piece: cheaper than a stream for both sides. */
export const SMALL_BODY_BYTES = 64 * 1024;

export interface Framing {
  /** Undefined for a chunked body. */
  length: number | undefined;
}

const FRAMING = Symbol('llm-proxy:framing');
type Carrier = IncomingMessage & { [FRAMING]?: Framing };

/** How the request's body is framed (RFC 9112 §6); Node's parser has refused contradictory framing before. */
export function bodyFraming(request: IncomingMessage): Framing {
  return ((request as Carrier)[FRAMING] ??= {
    length:
      request.headers['transfer-encoding'] === undefined ? Number(request.headers['content-length'] ?? 0) : undefined,
  });
}

/**
 * Hides the body from Fastify, which would otherwise judge its content type (refusing odd ones with 415) and parse it.
 * Only the parsed view changes: what is forwarded is read from `rawHeaders`.
 */
export function keepBodyRaw(request: IncomingMessage): void {
  bodyFraming(request);
  request.headers['content-type'] = undefined as never;
  request.headers['content-length'] = undefined as never;
  request.headers['transfer-encoding'] = undefined as never;
}

const EXPECTS = Symbol('llm-proxy:expects');
/** Whether its connection may be kept, once it was told to go on. */
type Expecting = IncomingMessage & { [EXPECTS]?: boolean };

/** The client sends its body only when told to: nobody is, before the request is admitted (RFC 9110 §10.1.1). */
export function awaitContinue(request: IncomingMessage, response: ServerResponse): void {
  (request as Expecting)[EXPECTS] = response.shouldKeepAlive;
  // Refused, it may send its body or its next request: nobody could tell which.
  response.shouldKeepAlive = false;
}

/** Tells a client that waits to go on, once. */
export function continueUpload(request: IncomingMessage, response: ServerResponse): void {
  const keepsAlive = (request as Expecting)[EXPECTS];
  if (keepsAlive === undefined) return;
  (request as Expecting)[EXPECTS] = undefined;
  response.shouldKeepAlive = keepsAlive;
  response.writeContinue();
}

/** Who a small body is read for. */
export interface BodyTaker {
  onUploaded(bytes: number): void;
  onCollected(body: Buffer): void;
}

/** Gives the whole of a small body; never, when the client leaves before its end. */
export function collect(request: IncomingMessage, taker: BodyTaker): void {
  // It came with the head, as it nearly always does: it is taken without waiting to be told of it.
  const whole = request.complete ? (request.read() as Buffer | null) : null;
  if (whole) {
    taker.onUploaded(whole.length);
    return taker.onCollected(whole);
  }
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => {
    pieces.push(piece);
    taker.onUploaded(piece.length);
  });
  request.once('end', () => taker.onCollected(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)));
}

/**
 * A request's body on its way upstream. Not the request itself: whoever sends it destroys it when the upstream answers
 * early or fails, and that would cut the client off before it could read the answer.
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

  /** Whatever is still to come from the client is read and thrown away by the server. */
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
