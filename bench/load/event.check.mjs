import { EVENT_BYTES, readEvent, sharedMicros } from '../exchange.mjs';

/** Reads one event stream: every event once, in order, none missing; and how long each was on its way. */
export class EventCheck {
  /** `first` is called when the first event is complete, `done(correct)` at the end. */
  constructor(chunks, { first = () => undefined, done = () => undefined, holds = [] }) {
    Object.assign(this, { chunks, first, done, holds });
    this.correct = true;
    this.next = 0;
    this.kept = Buffer.alloc(0);
  }

  head(status) {
    if (status !== 200) this.correct = false;
  }

  data(bytes) {
    const now = sharedMicros();
    const all = this.kept.length > 0 ? Buffer.concat([this.kept, bytes]) : bytes;
    let at = 0;
    for (; at + EVENT_BYTES <= all.length; at += EVENT_BYTES) this.event(readEvent(all, at), now);
    this.kept = all.subarray(at);
  }

  event({ sequence, sentAt }, now) {
    if (sequence !== this.next) this.correct = false;
    if (this.next === 0) this.first();
    this.next += 1;
    this.holds.push(now - sentAt);
  }

  end() {
    this.done(this.correct && this.kept.length === 0 && this.next === this.chunks);
  }

  broken() {
    this.done(false);
  }
}
