import type { Socket } from 'node:net';

/** Bytes that a client may send before the handshake's response; then its socket is paused. */
const MAX_EARLY_BYTES = 16 * 1024;

/**
 * A client that waits for the response to its handshake. Its socket is read, so that a FIN is noticed at once. Early bytes
 * belong to the WebSocket protocol and are buffered for the tunnel.
 */
export class WaitingClient {
  private early: Buffer[] = [];
  private bytes = 0;
  hasLeft = false;

  constructor(
    readonly socket: Socket,
    head: Buffer,
    private readonly onLeft: () => void,
  ) {
    socket.setTimeout(0);
    socket.setNoDelay(true);
    socket.on('data', this.keep).once('end', this.left).once('close', this.left);
    if (head.length > 0) this.keep(head);
    else socket.resume();
  }

  /** Detaches from the socket and pauses it; returns the early bytes. */
  release(): Buffer[] {
    this.socket.off('data', this.keep).off('end', this.left).off('close', this.left);
    this.socket.pause();
    return this.early.splice(0);
  }

  private readonly keep = (chunk: Buffer): void => {
    this.early.push(chunk);
    this.bytes += chunk.length;
    if (this.bytes > MAX_EARLY_BYTES) this.socket.pause();
  };

  private readonly left = (): void => {
    if (this.hasLeft) return;
    this.hasLeft = true;
    this.onLeft();
  };
}
