import dns, { type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction, type Socket } from 'node:net';

/** RFC 8305 §5, “Connection Attempt Delay”. */
const NEXT_ATTEMPT_MS = 250;

/** Reasons that say least: an address of a family that this machine has no route for. */
const NO_ROUTE = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

type Outcome = [error: Error, socket: undefined] | [error: undefined, socket: Socket];

/**
 * Connects to the first address of a host that responds (Happy Eyeballs, RFC 8305). A slow attempt goes on while the next
 * address is tried; Node would abandon it after 250 ms. There is no time limit: the owner cancels the race.
 */
export class AddressRace {
  private readonly running = new Map<Socket, (error: Error) => void>();
  private addresses: string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private failure: NodeJS.ErrnoException | undefined;
  private isOver = false;

  constructor(
    /** Begins to connect to an address. */
    private readonly open: (address: string) => Socket,
    /** Called once, unless the race is cancelled. */
    private readonly done: (...outcome: Outcome) => void,
  ) {}

  start(host: string, lookup: LookupFunction | undefined): void {
    if (isIP(host)) return this.begin([host]);
    // Through the module object, like Node's own sockets do.
    (lookup ?? dns.lookup)(host, { all: true }, (error, found) => {
      if (this.isOver) return;
      if (error) this.finish(error, undefined);
      else if (found.length === 0)
        this.finish(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), undefined);
      else this.begin(alternating(found as LookupAddress[]));
    });
  }

  cancel(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    // Their listeners stay: a socket may emit `error` after it was destroyed.
    for (const socket of this.running.keys()) socket.destroy();
  }

  private begin(addresses: string[]): void {
    this.addresses = addresses;
    this.next();
  }

  private next(): void {
    clearTimeout(this.timer);
    const socket = this.open(this.addresses.shift()!);
    const onError = (error: Error): void => this.lose(socket, error);
    this.running.set(socket, onError);
    socket.on('error', onError).once('connect', () => this.win(socket));
    if (this.addresses.length > 0) this.timer = setTimeout(() => this.next(), NEXT_ATTEMPT_MS);
  }

  private win(socket: Socket): void {
    if (this.isOver) return;
    const onError = this.running.get(socket)!;
    this.running.delete(socket);
    this.finish(undefined, socket);
    socket.off('error', onError);
  }

  private lose(socket: Socket, error: NodeJS.ErrnoException): void {
    if (!this.running.delete(socket) || this.isOver) return;
    if (!this.failure || NO_ROUTE.has(this.failure.code ?? '')) this.failure = error;
    if (this.addresses.length > 0) this.next();
    else if (this.running.size === 0) this.finish(this.failure, undefined);
  }

  private finish(...outcome: Outcome): void {
    this.cancel();
    this.done(...outcome);
  }
}

/** The resolver's order, but the families take turns (RFC 8305 §4). */
function alternating(found: LookupAddress[]): string[] {
  const first = found.filter(({ family }) => family === found[0]!.family);
  const second = found.filter(({ family }) => family !== found[0]!.family);
  const longer = Math.max(first.length, second.length);
  return Array.from({ length: longer }, (_, i) => [first[i], second[i]])
    .flat()
    .flatMap((entry) => (entry ? [entry.address] : []));
}
