import { Logger } from '@nestjs/common';
import type { Exchange } from './exchange.js';

/** Sees every exchange once, after its last byte: HTTP, WebSocket, refused, aborted and revoked ones alike. */
export interface ExchangeObserver {
  /** Must not block: the next exchange waits. An error that it throws is logged and has no other effect. */
  onClosed(exchange: Exchange): void;
}

/** Errors of observers are logged once in this time. */
const LOG_EVERY_MS = 60_000;

/** The one list of observers, in the order in which they see an exchange. */
export class ExchangeObservers {
  private readonly logger = new Logger(ExchangeObservers.name);
  private loggedAt = -Infinity;

  constructor(private readonly observers: ExchangeObserver[] = []) {}

  add(observer: ExchangeObserver): void {
    this.observers.push(observer);
  }

  closed(exchange: Exchange): void {
    for (const observer of this.observers)
      try {
        observer.onClosed(exchange);
      } catch (error) {
        this.report(error);
      }
  }

  private report(error: unknown): void {
    const now = performance.now();
    if (now - this.loggedAt < LOG_EVERY_MS) return;
    this.loggedAt = now;
    this.logger.error({ msg: 'an observer of exchanges failed', err: error });
  }
}
