import { DeltaCount } from './delta.count.js';
import type { EndpointUsage } from './endpoint.usage.js';
import { type EventExtent, EventLines, type EventReceiver } from './event.lines.js';
import { isFinal } from './final.states.js';
import { skipBlanks } from './json.members.js';
import { documentHead, documentUsage, joined, type DocumentUsage, type Extent } from './usage.document.js';
import type { UsageReason, UsageReport } from './usage.record.js';
import { noUsage, reported, workReport } from './usage.report.js';

/** The search begins at a letter: quotes are everywhere in JSON. */
const USAGE = 'usage"';
const COLON = 58;
const LOWER_N = 110;

/** The last events of a stream of `/responses`. */
const ENDS = new Set(['response.completed', 'response.incomplete', 'response.failed', 'response.cancelled']);

/** Reads the usage of one event stream. It keeps nothing between events but the last figures. */
export class StreamUsage implements EventReceiver {
  private readonly events = new EventLines(this);
  private readonly counted = new DeltaCount();
  private readonly level: number;
  /** What the first event says. */
  private head: DocumentUsage | undefined;
  /** The last event with figures of chunks. It is read at the end: some servers repeat growing figures in every chunk. */
  private chunk: ({ readonly data: string } & Extent) | undefined;
  /** The last event of work. */
  private last: DocumentUsage | undefined;
  private hasError = false;
  /** The request asked for figures: every chunk has a member `usage`. */
  private isAsked = false;

  constructor(
    private readonly endpoint: EndpointUsage,
    /** Its streams have figures only when the request asks for them. */
    private readonly mustAsk: boolean,
  ) {
    this.level = endpoint.style === 'responses' ? 2 : 1;
  }

  push(piece: Buffer): void {
    this.events.push(piece.toString('latin1'));
  }

  end(isWhole: boolean, clientLeft: boolean): UsageReport {
    this.events.end();
    const { endpoint, chunk } = this;
    const last = this.last ?? (chunk && documentUsage(chunk.data, 1, chunk));
    const document = last ? joined(this.head, last) : (this.head ?? {});
    if (endpoint.work && last) return workReport(endpoint, document);
    if (document.figures) return reported(document.figures, document);
    const why = this.why(isWhole, clientLeft);
    return endpoint.work ? unfinished(endpoint, document, why, isWhole) : noUsage(why, document, this.seen());
  }

  isWanted(text: string): boolean {
    return this.head === undefined || this.mayHaveFigures(text);
  }

  onPlain(text: string): void {
    if (!this.hasError) this.hasError = isError(text);
    if (this.mustAsk) this.counted.count(text);
  }

  onEvent(data: string, extent: EventExtent): void {
    if (this.head === undefined && data.startsWith('{')) {
      this.isAsked = data.includes(USAGE);
      this.head = documentHead(data, this.level);
    }
    if (!this.mayHaveFigures(data)) return this.onPlain(data);
    const { hasStart, hasEnd, head } = extent;
    if (this.endpoint.style === 'chunks') {
      this.chunk = { data, hasStart, hasEnd };
      return;
    }
    const event = documentUsage(data, this.level, { hasStart, hasEnd, hasItems: true });
    this.onStep(hasStart ? event : joined(documentHead(head, this.level), event));
  }

  /** Every chunk may have `"usage":null`, of which none is looked at. */
  private mayHaveFigures(text: string): boolean {
    for (let at = text.indexOf(USAGE); at >= 0; at = text.indexOf(USAGE, at + 1))
      if (this.endpoint.style !== 'chunks' || mayBeObject(text, at + USAGE.length)) return true;
    return false;
  }

  private onStep(event: DocumentUsage): void {
    const { style } = this.endpoint;
    if (style === 'responses') {
      if (ENDS.has(event.type ?? '')) this.last = { status: event.type!.slice('response.'.length), ...event };
    } else if (style === 'run') {
      if (event.object === 'thread.run' && isFinal('run', event.status)) this.last = event;
    } else if (event.type?.startsWith('agent.session.turn.')) this.last = event;
  }

  private why(isWhole: boolean, clientLeft: boolean): UsageReason {
    if (this.hasError) return 'stream_error';
    if (!isWhole) return clientLeft ? 'client_left' : 'broken';
    return this.mustAsk && !this.isAsked ? 'not_asked' : 'no_usage';
  }

  private seen(): { deltas?: number; textBytes?: number } {
    const { deltas, textBytes } = this.counted;
    return this.mustAsk ? { deltas, textBytes } : {};
  }
}

/** A stream of work without its last event. The work goes on when the connection broke: its figures can be read later. */
function unfinished(endpoint: EndpointUsage, document: DocumentUsage, why: UsageReason, isWhole: boolean): UsageReport {
  const { kind, does } = endpoint.work!;
  if (does === 'read') return noUsage('not_final', document);
  const key = document.id;
  return noUsage(why, document, key === undefined || isWhole ? {} : { work: { key, kind, state: 'open' } });
}

/** What follows the name of a member: not null, and not the end of a text. It may stand on the next line. */
function mayBeObject(text: string, at: number): boolean {
  const next = skipBlanks(text, at);
  if (text.charCodeAt(next) === COLON) return text.charCodeAt(skipBlanks(text, next + 1)) !== LOWER_N;
  return next >= text.length || /[\r\n]/.test(text.slice(at, next));
}

const ERROR = /^data: ?\{"error"|^event: ?error|\n(?:data: ?\{"error"|event: ?error)|^\{"error"|"type": ?"error"/;

/** An error in the middle of a stream that began with 200. */
const isError = (text: string): boolean => text.includes('error') && ERROR.test(text);
