import type { EventCursor, RequestFilter } from '../../events/event/event.queries.js';
import type { Actor } from '../../common/values/actor.js';
import type { Exchange } from '../../http/exchange.js';
import type { RequestView } from './request.dto.js';

/** Bytes that a viewer may have unread; what comes beyond is skipped. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** A proxy in front closes a connection that is silent for longer. */
const COMMENT_EVERY_MS = 15_000;
const GIVE_UP_AFTER_MS = 60_000;
const CLOSE_WITHIN_MS = 1000;
const RETRY_MS = 1000;

const frame = (event: string, data: object, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** An event of a request. JSON has no line breaks. */
export const requestFrame = (view: RequestView): string => frame('request', view, view.cursor);

/** One client that follows requests live, as an event stream (WHATWG HTML §9.2). */
export class LiveViewer {
  /** Events that the viewer does not get, and was not told of. */
  private skipped = 0;
  private writtenAt: number;
  private fullSince: number | undefined;
  /** Events that the viewer has from before it joined. */
  private readonly seen: Set<EventCursor>;

  /** The response is not begun. `now` is performance.now(), as all times here. */
  constructor(
    private readonly exchange: Exchange,
    headers: Record<string, string>,
    readonly filter: RequestFilter,
    now: number,
    seen: readonly EventCursor[] = [],
  ) {
    this.seen = new Set(seen);
    this.writtenAt = now;
    exchange.isStream = true;
    this.response.writeHead(200, headers);
    this.write(`retry: ${RETRY_MS}\n\n`);
  }

  private get response() {
    return this.exchange.response!;
  }

  /** The credential that the stream began with. */
  get actor(): Actor | undefined {
    return this.exchange.actor;
  }

  /** False once, for each event that the viewer has from before. */
  isNew(cursor: EventCursor): boolean {
    return !this.seen.delete(cursor);
  }

  /** Writes an event, or counts it as skipped while the client does not read. */
  send(text: string): void {
    if (this.isFull) this.skipped += 1;
    else {
      this.tellSkipped();
      this.write(text);
    }
  }

  skip(count: number): void {
    this.skipped += count;
  }

  /** Called twice a second. Ends a client that reads nothing for a minute. */
  tick(now: number): void {
    if (this.isFull) {
      this.fullSince ??= now;
      if (now - this.fullSince >= GIVE_UP_AFTER_MS) this.response.destroy();
      return;
    }
    this.fullSince = undefined;
    this.tellSkipped();
    if (now - this.writtenAt >= COMMENT_EVERY_MS) this.write(':\n\n', now);
  }

  /** Ends the stream. `drain`: the server ends, and the client follows another replica. `access`: its operator changed. `session`: it ended. */
  bye(reason: 'drain' | 'access' | 'session'): void {
    const { response } = this;
    this.tellSkipped();
    this.write(frame('bye', { reason }));
    response.end();
    // A client that does not read must not hold up the stop.
    const timer = setTimeout(() => response.destroy(), CLOSE_WITHIN_MS).unref();
    response.once('close', () => clearTimeout(timer));
  }

  private get isFull(): boolean {
    return this.response.writableLength > MAX_UNREAD_BYTES;
  }

  private tellSkipped(): void {
    if (this.skipped === 0) return;
    this.write(frame('skipped', { count: this.skipped }));
    this.skipped = 0;
  }

  private write(text: string, now = performance.now()): void {
    this.writtenAt = now;
    this.exchange.bytesOut += Buffer.byteLength(text);
    this.response.write(text);
  }
}
