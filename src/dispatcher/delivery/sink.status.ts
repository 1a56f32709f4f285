/** How the delivery to one sink goes, for `/health`. */
export interface SinkStatus {
  readonly sink: string;
  /** `idle`: another process delivers, or there is nothing to deliver. */
  readonly state: 'idle' | 'delivering' | 'retrying' | 'broken';
  /** Absent while the bus does not respond. */
  readonly lag_events?: number;
  readonly lag_seconds?: number;
  /** RFC 3339; absent before the first success of this process. */
  readonly last_success_at?: string;
  readonly consecutive_failures: number;
  /** Why the last delivery failed, such as `HTTP 500`. Has no secret and no URL. */
  readonly reason?: string;
}
