import type { Socket } from 'node:net';

/** What a client may send before its handshake is answered is kept up to this; then it has to wait. */
const MAX_EARLY_BYTES = 16 * 1024;

/**
 * A client whose handshake is not answered yet. It is read, so that its leaving is noticed at once; what it sends
 * early belongs to the other protocol and is kept for whoever speaks that.
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

  /** Lets go of the socket, paused; what it had sent early. */
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
