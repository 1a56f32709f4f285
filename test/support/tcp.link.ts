import type { Socket } from 'node:net';
import { setTimeout as elapsed } from 'node:timers/promises';

/** The faults that are set now. One object for all links of a proxy. */
export interface WireFaults {
  /** Settles when bytes may flow again. */
  stalled?: Promise<void>;
  losesAnswers: boolean;
  bytesLost: number;
  delayMs: number;
  trap?: { matches: (bytes: Buffer) => boolean; sprung: () => void };
}

/** One client's connection, and its connection to the server. */
export class TcpLink {
  private onAnswer: (() => void) | undefined;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly faults: WireFaults,
  ) {
    this.carry(client, server, (bytes) => this.request(bytes));
    this.carry(server, client, (bytes) => this.answer(bytes));
  }

  reset(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }

  /** Everything that happens on one side happens on the other, in order and after the delay. */
  private carry(from: Socket, to: Socket, pass: (bytes: Buffer) => void): void {
    let before = Promise.resolve();
    const inTurn = (act: () => void): void => {
      const due = this.faults.delayMs === 0 ? undefined : elapsed(this.faults.delayMs);
      before = before
        .then(() => due)
        .then(() => this.faults.stalled)
        .then(act);
    };
    from.setNoDelay(true);
    from.on('data', (bytes) => inTurn(() => pass(bytes)));
    from.on('end', () => inTurn(() => void to.end()));
    from.on('error', () => inTurn(() => void to.resetAndDestroy()));
    from.on('close', () => inTurn(() => void to.destroy()));
  }

  private request(bytes: Buffer): void {
    const { trap } = this.faults;
    if (trap?.matches(bytes)) {
      delete this.faults.trap;
      this.onAnswer = trap.sprung;
    }
    this.server.write(bytes);
  }

  private answer(bytes: Buffer): void {
    if (this.onAnswer) {
      this.reset();
      this.onAnswer();
    } else if (this.faults.losesAnswers) {
      this.faults.bytesLost += bytes.length;
    } else {
      this.client.write(bytes);
    }
  }
}
