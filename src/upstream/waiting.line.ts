import type { UpstreamExchange } from './upstream.exchange.js';

/** From so many on that are in the way, those that wait are moved together. */
const MAX_GAPS = 32;

/** Exchanges that wait, first come, first served. In constant time each, however many wait: Array.shift() moves them all. */
export class WaitingLine {
  private places: (UpstreamExchange | undefined)[] = [];
  /** Of the first that was not taken yet. */
  private first = 0;
  /** Those behind it that are over: nobody has to look for them. */
  private left = 0;

  get length(): number {
    return this.places.length - this.first - this.left;
  }

  push(exchange: UpstreamExchange): void {
    this.places.push(exchange);
  }

  shift(): UpstreamExchange | undefined {
    while (this.first < this.places.length) {
      const exchange = this.places[this.first]!;
      this.places[this.first] = undefined;
      this.first += 1;
      if (exchange.isOver) this.left -= 1;
      else {
        this.close();
        return exchange;
      }
    }
    this.close();
    return undefined;
  }

  /** One of them is over. */
  leave(): void {
    this.left += 1;
    this.close();
  }

  /** Gaps are closed when they are the greater part. */
  private close(): void {
    const gaps = this.first + this.left;
    if (gaps === this.places.length) this.places.length = 0;
    else if (gaps < MAX_GAPS || gaps * 2 < this.places.length) return;
    else this.places = this.places.filter((exchange) => exchange !== undefined && !exchange.isOver);
    this.first = this.left = 0;
  }
}
