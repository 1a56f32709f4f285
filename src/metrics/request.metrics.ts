import { Injectable } from '@nestjs/common';
import type { Exchange } from '../http/exchange.js';
import type { ExchangeObserver } from '../http/exchange.observers.js';
import { Histogram } from './histogram.js';
import { REQUEST_METRICS as METRICS } from './metric.catalogue.js';
import type { Family, Metric } from './metric.js';
import { isError, OUTCOMES, outcomeNumber, outcomeOf, ROUTES, routeNumber } from './request.labels.js';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const OVERHEAD_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1];

/** The series of a route are next to each other: whole responses, then event streams. */
const ROUTE_SERIES = ROUTES.flatMap((route) => ['false', 'true'].map((stream) => ({ route, stream })));

/**
 * Figures of requests, in arrays of numbers: an exchange costs a few additions, and text is made at a scrape alone. The
 * number of series is fixed, whatever clients send.
 */
@Injectable()
export class RequestMetrics implements ExchangeObserver {
  private readonly outcomes = new Float64Array(OUTCOMES);
  private readonly bytesIn = new Float64Array(ROUTES.length);
  private readonly bytesOut = new Float64Array(ROUTES.length);
  private readonly duration = new Histogram(METRICS.duration, SECONDS, ROUTE_SERIES);
  private readonly upstreamDuration = new Histogram(METRICS.upstreamDuration, SECONDS, ROUTE_SERIES);
  private readonly firstByte = new Histogram(METRICS.firstByte, SECONDS, ROUTE_SERIES);
  private readonly overhead = new Histogram(METRICS.overhead, OVERHEAD_SECONDS, [{}]);

  onClosed(exchange: Exchange): void {
    const route = routeNumber(exchange);
    this.outcomes[outcomeNumber(exchange, route)]! += 1;
    this.bytesIn[route]! += exchange.bytesIn;
    this.bytesOut[route]! += exchange.bytesOut;
    this.observeTimes(exchange, route);
  }

  /** How long a WebSocket is open says nothing about speed. */
  private observeTimes(exchange: Exchange, route: number): void {
    const { startedAt, queuedAt, sentAt, respondedAt, closedAt } = exchange;
    const series = 2 * route + (exchange.isStream ? 1 : 0);
    if (queuedAt !== undefined) this.overhead.observe(0, (queuedAt - startedAt) / 1000);
    if (respondedAt !== undefined) this.firstByte.observe(series, (respondedAt - startedAt) / 1000);
    if (exchange.response === undefined) return;
    this.duration.observe(series, (closedAt! - startedAt) / 1000);
    if (sentAt !== undefined) this.upstreamDuration.observe(series, (closedAt! - sentAt) / 1000);
  }

  families(): Family[] {
    const counted = [...this.outcomes.entries()].filter(([, value]) => value > 0);
    const points = counted.map(([number, value]) => ({ labels: outcomeOf(number), value }));
    const named = ({ name }: Metric, wanted = points) =>
      wanted.map(({ labels, value }) => ({ name, labels: { ...labels }, value }));
    const failed = points.filter(({ labels }) => isError(labels));
    return [
      { metric: METRICS.requests, points: named(METRICS.requests) },
      { metric: METRICS.errors, points: named(METRICS.errors, failed) },
      ...[this.duration, this.upstreamDuration, this.firstByte, this.overhead].map((histogram) => histogram.family()),
      bytesFamily(METRICS.bytesIn, this.bytesIn),
      bytesFamily(METRICS.bytesOut, this.bytesOut),
    ];
  }
}

function bytesFamily(metric: Metric, bytes: Float64Array): Family {
  const points = ROUTES.map((route, at) => ({ name: metric.name, labels: { route }, value: bytes[at]! }));
  return { metric, points: points.filter(({ value }) => value > 0) };
}
