import type { Socket } from 'node:net';
import type { Exchange } from '../../http/exchange.js';
import { endGently } from './websocket.response.js';
import { closeFrame, type FrameReader, FrameTracker } from './websocket.frames.js';
import { SocketPipe } from './socket.pipe.js';

/** How long ending a WebSocket may take: the rest of the current frame, our close frame, the client's close frame. */
const GRACE_MS = 150;
/** How long the rest of a close handshake may take after the client's FIN: one close frame was sent, the other is expected. */
const HANDSHAKE_MS = 1000;

/** RFC 6455 §7.4.1. */
export const CLOSE_CODES = { goingAway: 1001, policyViolation: 1008 } as const;

/**
 * A running WebSocket: frames pass both ways unchanged. The boundaries of the upstream's frames are tracked so that our close
 * frame never stands inside one of them; the client's, to tell a broken connection from a close handshake.
 */
export class WebSocketTunnel {
  private readonly frames: FrameTracker;
  private readonly clientFrames = new FrameTracker();
  private readonly up: SocketPipe;
  private readonly down: SocketPipe;
  /** Our close frame, while it waits for the end of a frame. */
  private pendingClose: Buffer | undefined;
  private isClosing = false;

  constructor(
    private readonly client: Socket,
    private readonly upstream: Socket,
    private readonly exchange: Exchange,
    /** Sees the frames of the upstream. */
    reader?: FrameReader,
  ) {
    this.frames = new FrameTracker(reader);
    upstream.setTimeout(0);
    upstream.allowHalfOpen = true;
    upstream.on('error', () => undefined);
    upstream.once('end', () => this.endedBy('upstream')).once('close', () => this.onUpstreamClosed());
    client.once('end', () => this.onClientEnd());
    this.up = new SocketPipe(client, upstream, (chunk) => this.toUpstream(chunk));
    this.down = new SocketPipe(upstream, client, (chunk) => this.toClient(chunk));
  }

  get lastAt(): number {
    return Math.max(this.up.lastAt, this.down.lastAt);
  }

  /** Since when the client has not read bytes that wait for it; undefined when none wait. */
  get clientBlockedSince(): number | undefined {
    return this.down.isBlocked ? this.down.lastAt : undefined;
  }

  toUpstream(chunk: Buffer): void {
    this.exchange.bytesIn += chunk.length;
    this.clientFrames.pass(chunk);
    this.up.forward(chunk);
  }

  toClient(chunk: Buffer): void {
    const length = this.pendingClose ? this.frames.passToBoundary(chunk) : chunk.length;
    this.exchange.bytesOut += length;
    this.down.forward(length === chunk.length ? chunk : chunk.subarray(0, length));
    // After the client has them: a reader sees the frames.
    if (!this.pendingClose) this.frames.pass(chunk);
    if (this.pendingClose && this.frames.isAtBoundary) this.sendClose(this.pendingClose);
  }

  /** Ends both sides: the client with a close frame, unless the upstream has sent one, and the upstream at once. */
  close(code: number, reason: string): void {
    if (this.isClosing) return;
    this.isClosing = true;
    this.up.stop();
    this.client.on('data', () => undefined);
    const timer = setTimeout(() => this.destroy(), GRACE_MS);
    this.client.once('close', () => clearTimeout(timer));
    if (this.frames.closed) return this.destroy();
    const frame = closeFrame(code, reason);
    if (this.frames.isAtBoundary) this.sendClose(frame);
    else this.pendingClose = frame;
  }

  /** The client's connection is gone. */
  onClientClosed(): void {
    this.endedBy('client');
    this.upstream.destroy();
  }

  destroy(): void {
    this.client.destroy();
    this.upstream.destroy();
  }

  private sendClose(frame: Buffer): void {
    this.pendingClose = undefined;
    this.isClosing = true;
    this.down.stop();
    this.upstream.destroy();
    this.exchange.bytesOut += frame.length;
    endGently(this.client, frame);
  }

  /** A WebSocket that ends without the upstream's close frame was broken off by the side that left first. */
  private endedBy(side: 'client' | 'upstream'): void {
    if (!this.frames.closed) this.exchange.endedBy(side);
  }

  /** Both sides end, unless a close handshake is not finished (RFC 6455 §7.1.2): it is bounded, as the upstream may never reply. */
  private onClientEnd(): void {
    this.endedBy('client');
    if (this.isClosing) return;
    if (!this.frames.closed && !this.clientFrames.closed) return this.destroy();
    const timer = setTimeout(() => this.destroy(), HANDSHAKE_MS);
    this.client.once('close', () => clearTimeout(timer));
  }

  /** Bytes that the upstream has sent still reach the client. */
  private onUpstreamClosed(): void {
    this.endedBy('upstream');
    if (this.isClosing) return;
    this.up.stop();
    endGently(this.client);
  }
}
