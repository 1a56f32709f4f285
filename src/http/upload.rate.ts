/** A client that has begun to send must get this much through in this time: 500 B/s. */
const MIN_BYTES = 5000;
const WITHIN_MS = 10_000;

/**
 * Tells a trickle (slow-body attacks hold a request open with a byte now and then) from a pause: time counts from a
 * byte on, and silence before one is the stall deadline's business. Times are performance.now().
 */
export class UploadRate {
  private since: number | undefined;
  private bytes = 0;

  add(bytes: number, now: number): void {
    this.since ??= now;
    this.bytes += bytes;
  }

  /** To be asked only while the client is waited for; begins anew once its time is over. */
  isTrickle(now: number): boolean {
    if (this.since === undefined || now - this.since < WITHIN_MS) return false;
    const isSlow = this.bytes < MIN_BYTES;
    this.forget();
    return isSlow;
  }

  /** The upstream held the client back: what came meanwhile says nothing about it. */
  forget(): void {
    this.since = undefined;
    this.bytes = 0;
  }
}
