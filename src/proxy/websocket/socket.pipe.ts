import type { Socket } from 'node:net';

/** Forwards bytes in one direction as they come. Buffers no more than the receiver's socket does. */
export class SocketPipe {
  /** performance.now() of the last byte read or of the receiver's last readiness. */
  lastAt = performance.now();
  /** The receiver's buffer is full. */
  isBlocked = false;
  private isStopped = false;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly onBytes: (chunk: Buffer) => void,
  ) {
    from.on('data', this.onData).once('end', this.onEnd);
    to.on('drain', this.onDrain);
    from.resume();
  }

  /** Forwards a chunk, and pauses the sender when the receiver's buffer is full. */
  forward(chunk: Buffer): void {
    this.lastAt = performance.now();
    if (this.to.write(chunk)) return;
    this.isBlocked = true;
    this.from.pause();
  }

  /** Stops forwarding. The sender is not read until its next owner reads it. */
  stop(): void {
    this.isStopped = true;
    this.from.off('data', this.onData).off('end', this.onEnd);
    this.to.off('drain', this.onDrain);
  }

  private readonly onData = (chunk: Buffer): void => this.onBytes(chunk);

  /** Half-closed: bytes of the other direction may still pass. */
  private readonly onEnd = (): void => {
    this.to.end();
  };

  private readonly onDrain = (): void => {
    this.isBlocked = false;
    this.lastAt = performance.now();
    if (!this.isStopped) this.from.resume();
  };
}
