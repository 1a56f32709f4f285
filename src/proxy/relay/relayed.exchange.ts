import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import { instant } from '../../common/rest/field.rules.js';
import type { Slot } from '../../common/values/slot.set.js';
import type { DeadlineWatch, Watched } from '../../http/deadline.watch.js';
import type { End, Exchange, ExchangeWork } from '../../http/exchange.js';
import type { Revocable } from '../../token/in.flight.registry.js';
import { causeOf } from '../../upstream/fault.reason.js';
import type { UpstreamError } from '../../upstream/upstream.error.js';
import type { Permit } from '../admission/permit.js';
import { passedDeadline, type Wait } from './deadlines.js';
import type { RelayLimits } from './relay.limits.js';
import { upstreamAddress, upstreamRefusal } from './upstream.refusal.js';

/** What the relays of HTTP and WebSocket have in common: every way in which an admitted exchange can end before its time. */
export abstract class RelayedExchange implements Watched, Revocable, ExchangeWork {
  /** The upstream is released, or will never be called. */
  protected isOver = false;
  private watched: Slot<Watched> | undefined;

  constructor(
    protected readonly exchange: Exchange,
    readonly handle: Permit,
    private readonly limits: RelayLimits,
    private readonly watch: DeadlineWatch,
  ) {}

  check(now: number): void {
    if (now > this.handle.endsAt) return this.end(errors.tokenExpired(instant(this.handle.expiresAt)));
    const passed = passedDeadline(this.exchange.startedAt, this.wait(now), this.limits, now);
    if (!passed) return;
    if (passed.why) this.exchange.fault ??= { why: passed.why, upstream: upstreamAddress(this.origin) };
    this.cut(passed.end, passed.error);
  }

  end(why: ApiError): void {
    this.handle.unwatch();
    this.exchange.endedBy('revoked');
    this.exchange.refused(why);
    this.revoke(why);
  }

  goAway(): void {
    this.cut('drain', errors.draining());
  }

  onClosed(): void {
    this.stop();
  }

  /** The refusal of an exchange whose upstream failed. */
  protected upstreamFailed(error: UpstreamError): ApiError {
    this.exchange.fault ??= { why: causeOf(error), upstream: upstreamAddress(this.origin) };
    return upstreamRefusal(error);
  }

  private get origin(): string {
    return this.handle.token.upstream.origin;
  }

  protected begin(): void {
    this.watched = this.watch.add(this);
    this.exchange.work = this;
    this.handle.watch(this);
  }

  protected cut(end: End, error: ApiError): void {
    this.exchange.endedBy(end);
    this.exchange.refused(error);
    this.abandon(error);
  }

  /** Releases the upstream and settles the permit, once. */
  protected stop(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.watched) this.watch.remove(this.watched);
    this.releaseUpstream();
    this.exchange.settle();
  }

  /** What is waited for now. */
  protected abstract wait(now: number): Wait | undefined;
  /** Ends the exchange of a token that may no longer be used. */
  protected abstract revoke(why: ApiError): void;
  /** Ends an exchange whose time is up. */
  protected abstract abandon(error: ApiError): void;
  protected abstract releaseUpstream(): void;
}
