import type { CapturedBodies } from '../../http/captured.bodies.js';
import type { Exchange } from '../../http/exchange.js';
import { routeNameOf, type RouteName } from '../../openai/route.name.js';
import type { FigureName, Figures, UsageReport } from '../../openai/usage/usage.record.js';
import { exchangeMembers, startOf } from '../event/event.line.js';
import type { Notice } from '../event/proxy.event.js';
import { reportMembers } from '../event/usage.line.js';
import {
  BATCH_EVENTS,
  END_INDEX,
  FACT,
  FACTS,
  FIGURE_INDEX,
  type JournalBatch,
  type LateUsage,
  REASON_INDEX,
  ROUTE_INDEX,
  SOURCE_INDEX,
} from './journal.batch.js';
import { LineBuffer } from './line.buffer.js';
import { openLine } from './open.line.js';

/** Collects what goes to the worker at once. */
export class BatchBuilder {
  private readonly facts = new Float64Array(BATCH_EVENTS * FACTS);
  private strings = new Map<string, number>();
  private late: LateUsage[] = [];
  private notices: Notice[] = [];
  private open: string[] = [];
  private readonly lines = new LineBuffer();
  private bytes = 0;
  private ids = 0;
  count = 0;

  get isFull(): boolean {
    return this.count === BATCH_EVENTS;
  }

  get isEmpty(): boolean {
    return this.count === 0 && this.open.length === 0 && this.notices.length === 0;
  }

  add(exchange: Exchange): void {
    const route = routeNameOf(exchange.path);
    const at = startOf(exchange);
    const { usage, encoded, captured } = exchange;
    const isLate = encoded !== undefined || captured !== undefined || (usage !== undefined && !isPlain(usage));
    this.writeFacts(exchange, route, at);
    if (isLate) this.addLate(exchange);
    this.lines.add(`${exchangeMembers(exchange, { route, at })}${usage && !isLate ? reportMembers(usage) : ''}\n`);
    this.count += 1;
  }

  addOpen(exchange: Exchange): void {
    this.open.push(openLine(exchange));
  }

  addNotice(notice: Notice): void {
    this.notices.push(notice);
  }

  /** The batch so far. The builder is empty afterwards. */
  take(): JournalBatch {
    const { count, late, notices } = this;
    const text = this.lines.take();
    const open = this.open.join('\n');
    const facts = this.facts.slice(0, count * FACTS);
    const strings = [...this.strings.keys()];
    const bytes = this.bytes + text.length + open.length + facts.byteLength;
    this.ids += 1;
    this.count = this.bytes = 0;
    this.strings = new Map();
    this.late = [];
    this.notices = [];
    this.open = [];
    return { id: this.ids, count, text, facts, strings, late, open, notices, bytes };
  }

  private writeFacts(exchange: Exchange, route: RouteName, at: number): void {
    const { facts } = this;
    const { usage, status = 0 } = exchange;
    const row = this.count * FACTS;
    facts[row + FACT.at] = at;
    facts[row + FACT.project] = this.indexOf(exchange.projectId);
    facts[row + FACT.token] = this.indexOf(exchange.tokenId);
    facts[row + FACT.model] = this.indexOf(usage?.model ?? exchange.asked?.model);
    facts[row + FACT.tier] = this.indexOf(usage?.tier);
    facts[row + FACT.route] = ROUTE_INDEX.get(route)!;
    facts[row + FACT.isError] = status >= 400 || (exchange.end !== undefined && exchange.end !== 'ok') ? 1 : 0;
    facts[row + FACT.end] = END_INDEX.get(exchange.end ?? 'ok') ?? -1;
    facts[row + FACT.bytesIn] = exchange.bytesIn;
    facts[row + FACT.source] = usage ? SOURCE_INDEX[usage.source] : -1;
    facts[row + FACT.reason] = usage?.reason === undefined ? -1 : REASON_INDEX.get(usage.reason)!;
    facts.fill(Number.NaN, row + FACT.figures, row + FACTS);
    if (usage) this.writeFigures(usage.figures, row + FACT.figures);
  }

  private writeFigures(figures: Figures, from: number): void {
    for (const name in figures) this.facts[from + FIGURE_INDEX.get(name)!] = figures[name as FigureName] ?? Number.NaN;
  }

  private addLate(exchange: Exchange): void {
    const { usage: report, encoded, captured, request, path, status = 0, uuid, requestId } = exchange;
    this.bytes += (encoded?.bytes.byteLength ?? 0) + capturedBytes(captured);
    this.late.push({
      index: this.count,
      ...(report && { report }),
      ...(encoded && { encoded }),
      ...(captured && { captured }),
      call: { method: request.method!, path, status, uuid, requestId },
    });
  }

  private indexOf(text: string | undefined): number {
    if (text === undefined) return -1;
    const known = this.strings.get(text);
    if (known !== undefined) return known;
    this.strings.set(text, this.strings.size);
    return this.strings.size - 1;
  }
}

/** A stream without figures has the counts of an estimate, which the worker makes. */
const isPlain = ({ tools, parts, work, deltas, textBytes, images }: UsageReport): boolean =>
  tools === undefined &&
  parts === undefined &&
  work === undefined &&
  deltas === undefined &&
  textBytes === undefined &&
  images === undefined;

const capturedBytes = (captured: CapturedBodies | undefined): number =>
  (captured?.request?.bytes.byteLength ?? 0) + (captured?.response?.bytes.byteLength ?? 0);
