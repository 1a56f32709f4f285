/** The slowest upload that is allowed: 500 bytes a second. */
const MIN_BYTES = 5000;
const PERIOD_MS = 10_000;

/**
 * Detects slow-body attacks, which keep a request open with a byte now and then. A period begins with a byte, so that a
 * pause does not count; the stall timeout limits pauses. Times are those of performance.now().
 */
export class UploadRate {
  private since: number | undefined;
  private bytes = 0;

  add(bytes: number, now: number): void {
    this.since ??= now;
    this.bytes += bytes;
  }

  /** Whether the period that ends was too slow. Call it only while the proxy waits for the client. */
  isTrickle(now: number): boolean {
    if (this.since === undefined || now - this.since < PERIOD_MS) return false;
    const isSlow = this.bytes < MIN_BYTES;
    this.forget();
    return isSlow;
  }

  /** Discards the period, because back pressure from the upstream slowed the client down. */
  forget(): void {
    this.since = undefined;
    this.bytes = 0;
  }
}
