import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { OperatorDirectory } from '../../auth/operator.directory.js';
import { SessionReader } from '../../auth/session/session.reader.js';
import { errors } from '../../common/errors/errors.js';
import { type EventCursor, EventReader, type KeptEvent, type RequestFilter } from '../../events/event/event.queries.js';
import { matches } from '../../events/store/request.match.js';
import type { Exchange } from '../../http/exchange.js';
import { KeptRequests } from './kept.requests.js';
import { LiveViewer, requestFrame } from './live.viewer.js';

export const MAX_VIEWERS = 20;
const LOOK_EVERY_MS = 500;
/** How often the sessions of viewers are read. */
const SESSIONS_EVERY_MS = 15_000;
/** Events of one look; more of them are skipped. */
const MAX_EVENTS = 500;

/** What a client asks to follow. */
export interface Following {
  readonly exchange: Exchange;
  readonly headers: Record<string, string>;
  readonly filter: RequestFilter;
  /** The last event that the client has. */
  readonly since?: EventCursor;
}

/** Sends requests to clients as they end. One look at the events serves all of them; without a client there is none. */
@Injectable()
export class LiveRequests {
  private readonly logger = new Logger(LiveRequests.name);
  private readonly viewers = new Set<LiveViewer>();
  /** Clients that are not viewers yet. */
  private opening = 0;
  /** Up to here all viewers have what they asked for. */
  private position: EventCursor | undefined;
  /** Ends the pause between two reads; undefined without a viewer. */
  private pause: AbortController | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private isClosed = false;
  private isFailing = false;
  /** When the sessions of viewers were read last; performance.now(). */
  private sessionsReadAt = -Infinity;

  constructor(
    private readonly events: EventReader,
    private readonly requests: KeptRequests,
    private readonly operators: OperatorDirectory,
    private readonly sessions: SessionReader,
  ) {}

  /** Begins the response of a client. Throws `too_many_viewers`, `draining`, `observability_disabled`, `store_unavailable`. */
  async follow(following: Following): Promise<void> {
    if (this.viewers.size + this.opening >= MAX_VIEWERS) throw errors.tooManyViewers();
    this.opening += 1;
    try {
      await this.inTurn(async () => this.join(following));
    } finally {
      this.opening -= 1;
    }
  }

  /** Ends every stream with `bye`. */
  close(): void {
    this.isClosed = true;
    this.pause?.abort();
    for (const viewer of this.viewers) viewer.bye('drain');
  }

  /** Joins and looks do not overlap: no event falls between what a viewer has from before and the next look. */
  private async inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    await done;
  }

  private async join({ exchange, headers, filter, since }: Following): Promise<void> {
    const { events, last, skipped } = await this.events.after(since, filter, MAX_EVENTS);
    const views = await this.requests.views(events);
    if (this.isClosed) throw errors.draining();
    if (exchange.closedAt !== undefined) return;
    const seen = events.map(({ cursor }) => cursor);
    const viewer = new LiveViewer(exchange, headers, filter, performance.now(), seen);
    this.viewers.add(viewer);
    exchange.response!.once('close', () => this.leave(viewer));
    viewer.skip(skipped);
    for (const view of views) viewer.send(requestFrame(view));
    this.position ??= last;
    if (!this.pause) void this.watch();
  }

  private leave(viewer: LiveViewer): void {
    this.viewers.delete(viewer);
    if (this.viewers.size > 0) return;
    this.position = undefined;
    this.pause?.abort();
  }

  /** Looks twice a second, as long as there are viewers. */
  private async watch(): Promise<void> {
    while (this.viewers.size > 0 && !this.isClosed) {
      this.pause = new AbortController();
      await sleep(LOOK_EVERY_MS, undefined, { signal: this.pause.signal, ref: false }).catch(() => undefined);
      if (this.viewers.size > 0)
        await this.inTurn(async () => this.look()).catch((error: unknown) => this.report(error));
    }
    this.pause = undefined;
  }

  private async look(): Promise<void> {
    if (this.position === undefined || this.isClosed) return;
    this.endOutdated();
    await this.endSignedOut();
    const { events, last, skipped } = await this.events.after(this.position, {}, MAX_EVENTS);
    await this.show(events, skipped);
    if (this.viewers.size > 0) this.position = last;
    this.isFailing = false;
    const now = performance.now();
    for (const viewer of this.viewers) viewer.tick(now);
  }

  /** Ends the streams of operators that have ended or changed: who still has access follows again, by its new role. */
  private endOutdated(): void {
    for (const viewer of this.viewers) {
      if (viewer.actor === undefined || this.operators.isCurrent(viewer.actor)) continue;
      this.leave(viewer);
      viewer.bye('access');
    }
  }

  /** A stream is no use of its session, and ends with it. */
  private async endSignedOut(): Promise<void> {
    const now = performance.now();
    if (now - this.sessionsReadAt < SESSIONS_EVERY_MS) return;
    const signedIn = [...this.viewers].filter(({ actor }) => actor?.session);
    const ids = signedIn.map(({ actor }) => actor!.session!.id);
    const open = ids.length > 0 ? await this.sessions.open(ids) : new Set<string>();
    this.sessionsReadAt = now;
    for (const viewer of signedIn) {
      if (open.has(viewer.actor!.session!.id)) continue;
      this.leave(viewer);
      viewer.bye('session');
    }
  }

  private async show(events: readonly KeptEvent[], skipped: number): Promise<void> {
    const viewers = [...this.viewers];
    const wanted = events.filter(({ event }) => viewers.some(({ filter }) => matches(event, filter)));
    const frames = (await this.requests.views(wanted)).map(requestFrame);
    for (const viewer of this.viewers) {
      for (const [i, { cursor, event }] of wanted.entries())
        if (matches(event, viewer.filter) && viewer.isNew(cursor)) viewer.send(frames[i]!);
      viewer.skip(skipped);
    }
  }

  private report(error: unknown): void {
    const now = performance.now();
    for (const viewer of this.viewers) viewer.tick(now);
    if (!this.isFailing) this.logger.warn({ msg: 'live requests cannot be read', err: error });
    this.isFailing = true;
  }
}
