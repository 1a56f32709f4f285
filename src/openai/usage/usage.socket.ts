import { documentUsage, documentHead, joined, type DocumentUsage, nameOf, parseObject } from './usage.document.js';
import { contradict, hasFigures, type JsonObject, objectOf, sumOf } from './usage.figures.js';
import type { Figures, UsagePart, UsageReport } from './usage.record.js';
import { noUsage } from './usage.report.js';

/** Where the events of sockets have their figures: how deep, and under which key they count. */
const PLACES: Readonly<Record<string, { readonly level: 1 | 2 | 3; readonly keyOf: (event: SocketEvent) => string }>> =
  {
    'response.done': { level: 2, keyOf: ({ document, top }) => document.id ?? text(top['event_id']) },
    'response.completed': { level: 2, keyOf: ({ document }) => document.id ?? '' },
    'response.incomplete': { level: 2, keyOf: ({ document }) => document.id ?? '' },
    'response.failed': { level: 2, keyOf: ({ document }) => document.id ?? '' },
    'response.event': { level: 3, keyOf: ({ document, top }) => document.id ?? text(top['delegation_id']) },
    'decision.event': { level: 3, keyOf: ({ document, top }) => document.id ?? text(top['delegation_id']) },
    'conversation.item.input_audio_transcription.completed': {
      level: 1,
      keyOf: ({ top }) => `${text(top['item_id'])}/${text(top['content_index'])}`,
    },
    // Running totals: the last one counts.
    'session.usage.updated': { level: 1, keyOf: () => 'session' },
    'session.closed': { level: 1, keyOf: () => 'session' },
  };
const TRANSCRIPTION = 'conversation.item.input_audio_transcription.completed';

interface SocketEvent {
  readonly document: DocumentUsage;
  /** Members of the whole event, as far as it was kept. */
  readonly top: JsonObject;
}

/** Of one message. Of a longer one the beginning and the end are kept. */
const MAX_MESSAGE_CHARS = 64 * 1024;
const HEAD_CHARS = 4096;
/** Above it, figures are summed by model. */
const MAX_PARTS = 1000;

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 256) : '';

/** Reads the usage of one WebSocket from the text messages of the upstream. Text has one character a byte. */
export class SocketUsage {
  private readonly parts = new Map<string, UsagePart>();
  private head = '';
  private tail = '';
  private isTrimmed = false;
  private transcriptionModel: string | undefined;
  /** A response of `/responses` that has begun and not ended: it can be read later. */
  private open: string | undefined;
  private isUndecodable = false;

  constructor(
    /** What the request named, until the session says more. */
    private model: string | undefined,
    /** A response that breaks off can be read later. */
    private readonly isResumable: boolean,
  ) {}

  /** A part of a message. */
  push(piece: string): void {
    if (this.head.length < HEAD_CHARS) this.head += piece.slice(0, HEAD_CHARS);
    this.tail += piece;
    if (this.tail.length <= 2 * MAX_MESSAGE_CHARS) return;
    this.tail = this.tail.slice(-MAX_MESSAGE_CHARS);
    this.isTrimmed = true;
  }

  /** The end of a message. */
  endMessage(): void {
    const { head, tail, isTrimmed } = this;
    this.head = this.tail = '';
    this.isTrimmed = false;
    if (head.includes('"session.')) this.readSession(tail);
    if (tail.includes('usage"')) this.readUsage(head, tail, !isTrimmed);
  }

  /** Messages are compressed: they are not read. */
  cannotDecode(): void {
    this.isUndecodable = true;
  }

  end(): UsageReport {
    const parts = [...this.parts.values()];
    const { model, open } = this;
    const work = open === undefined ? {} : { work: { key: open, kind: 'response', state: 'open' } as const };
    if (parts.length === 0) return noUsage(this.isUndecodable ? 'undecodable' : 'no_usage', { model }, work);
    const figures = sumOf(parts.map((part) => part.figures));
    const tools = sumOf(parts.map((part) => part.tools ?? {}));
    return {
      source: 'provider',
      figures,
      parts,
      ...(Object.keys(tools).length > 0 && { tools }),
      ...(parts.some((part) => contradict(part.figures)) && { mismatch: true as const }),
      ...((model ?? parts[0]!.model) !== undefined && { model: model ?? parts[0]!.model }),
      ...work,
    };
  }

  private readUsage(head: string, message: string, hasStart: boolean): void {
    const { type = '' } = documentHead(head, 1);
    if (this.isResumable && type === 'response.created') this.open = documentHead(message, 2).id;
    const place = Object.hasOwn(PLACES, type) ? PLACES[type] : undefined;
    if (!place) return;
    const read = documentUsage(message, place.level, { hasStart, hasEnd: true, hasItems: true });
    const document = hasStart ? read : joined(documentHead(head, place.level), read);
    if (document.id !== undefined && document.id === this.open) this.open = undefined;
    if (!document.figures) return;
    const top = (hasStart ? parseObject(message) : undefined) ?? {};
    this.add(place.keyOf({ document, top }), document, type === TRANSCRIPTION ? this.transcriptionModel : this.model);
  }

  private add(key: string, document: DocumentUsage, sessionModel: string | undefined): void {
    const { figures = {}, tools, tier } = document;
    const model = document.model ?? sessionModel;
    const isFull = this.parts.size >= MAX_PARTS && !this.parts.has(key);
    const name = isFull ? `more/${model ?? ''}` : key || `${this.parts.size + 1}`;
    const before: Figures = isFull ? (this.parts.get(name)?.figures ?? {}) : {};
    this.parts.set(name, {
      key: name,
      figures: hasFigures(before) ? sumOf([before, figures]) : figures,
      ...(tools && { tools }),
      ...(model !== undefined && { model }),
      ...(tier !== undefined && { tier }),
    });
  }

  /** The models of a session: a transcription names none of its own. */
  private readSession(message: string): void {
    const session = objectOf(parseObject(message)?.['session']);
    if (!session) return;
    const input = objectOf(objectOf(session['audio'])?.['input']);
    const transcription = objectOf(input?.['transcription'] ?? session['input_audio_transcription']);
    this.model = nameOf(session['model']) ?? this.model;
    this.transcriptionModel = nameOf(transcription?.['model']) ?? this.transcriptionModel;
  }
}
