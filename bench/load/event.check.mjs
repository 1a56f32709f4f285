import { EVENT_BYTES, readEvent, sharedMicros } from '../exchange.mjs';

/** Checks that an event stream has every event once and in order, and records the delay of each in microseconds. */
export class EventCheck {
  /** `first` is called when the first event is complete, `done(correct)` at the end. */
  constructor(chunks, { first = () => undefined, done = () => undefined, delays = [] }) {
    Object.assign(this, { chunks, first, done, delays });
    this.correct = true;
    this.next = 0;
    this.buffered = Buffer.alloc(0);
  }

  head(status) {
    if (status !== 200) this.correct = false;
  }

  data(bytes) {
    const now = sharedMicros();
    const all = this.buffered.length > 0 ? Buffer.concat([this.buffered, bytes]) : bytes;
    let at = 0;
    for (; at + EVENT_BYTES <= all.length; at += EVENT_BYTES) this.event(readEvent(all, at), now);
    this.buffered = all.subarray(at);
  }

  event({ sequence, sentAt }, now) {
    if (sequence !== this.next) this.correct = false;
    if (this.next === 0) this.first();
    this.next += 1;
    this.delays.push(now - sentAt);
  }

  end() {
    this.done(this.correct && this.buffered.length === 0 && this.next === this.chunks);
  }

  broken() {
    this.done(false);
  }
}
