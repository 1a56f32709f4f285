import { documentUsage, joined, nameOf, parseObject, type DocumentUsage, type Extent } from './usage.document.js';
import type { EndpointUsage } from './endpoint.usage.js';
import { figuresOf, hasFigures, type JsonObject, objectOf, secondsOf, sumOf } from './usage.figures.js';
import type { Figures, UsageReport } from './usage.record.js';
import { noUsage, reported, workReport } from './usage.report.js';

/** How much of a body is kept: its last pieces, so that at least this much of its end is there. */
const MAX_KEPT_BYTES = 64 * 1024;
const HEAD_BYTES = 4096;

/** Reads the usage of one JSON body. Pieces are kept by reference. */
export class BodyUsage {
  private pieces: Buffer[] = [];
  private bytes = 0;
  /** The first piece of a body whose beginning is not among the kept ones. */
  private head: Buffer | undefined;

  constructor(private readonly endpoint: EndpointUsage) {}

  push(piece: Buffer): void {
    this.pieces.push(piece);
    this.bytes += piece.length;
    while (this.bytes - this.pieces[0]!.length >= MAX_KEPT_BYTES) {
      const dropped = this.pieces.shift()!;
      this.bytes -= dropped.length;
      this.head ??= Buffer.from(dropped.subarray(0, HEAD_BYTES));
    }
  }

  end(isWhole: boolean, clientLeft: boolean): UsageReport {
    const { endpoint, head } = this;
    const text = latin1Of(this.pieces);
    const hasItems = endpoint.style === 'responses';
    const read = readBody(endpoint, text, { hasStart: head === undefined, hasEnd: isWhole, hasItems });
    const document = head
      ? joined(documentUsage(head.toString('latin1'), 1, { hasStart: true, hasEnd: false }), read)
      : read;
    if (!isWhole && !document.figures) return noUsage(clientLeft ? 'client_left' : 'broken', document);
    if (endpoint.work) return workReport(endpoint, document);
    if (document.figures) return reported(document.figures, document);
    return noUsage(endpoint.silence, document, imagesOf(document, text, head === undefined));
  }
}

export function latin1Of(pieces: readonly Buffer[]): string {
  const bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  return bytes.toString('latin1');
}

function readBody(endpoint: EndpointUsage, text: string, extent: Extent): DocumentUsage {
  const document = documentUsage(text, 1, extent);
  if (endpoint.work?.kind === 'batch') return { ...document, tier: 'batch' };
  if (endpoint.place === 'usage' || !extent.hasStart || !extent.hasEnd) return document;
  const whole = parseObject(text);
  const figures = whole && figuresAt(endpoint, whole);
  return { ...document, model: document.model ?? nameOf(whole?.['model']), figures };
}

/** The figures of endpoints that have no member `usage`. */
function figuresAt({ place }: EndpointUsage, document: JsonObject): Figures | undefined {
  const figures = place === 'per_model_usage' ? perModel(document) : single(place, document);
  return hasFigures(figures) ? figures : undefined;
}

function single(place: EndpointUsage['place'], document: JsonObject): Figures {
  if (place === 'grader') return figuresOf(objectOf(objectOf(document['metadata'])?.['token_usage']) ?? {});
  if (place === 'seconds') {
    const seconds = secondsOf(document['seconds']);
    return seconds === undefined ? {} : { seconds };
  }
  const trained = document['trained_tokens'];
  return Number.isSafeInteger(trained) && (trained as number) >= 0 ? { trained: trained as number } : {};
}

function perModel(document: JsonObject): Figures {
  const list = document['per_model_usage'];
  if (!Array.isArray(list)) return {};
  const models = list.map(objectOf).filter((model) => model !== undefined);
  return sumOf(
    models.map((model) => figuresOf({ ...model, prompt_tokens_details: { cached_tokens: model['cached_tokens'] } })),
  );
}

/** The number of pictures in a body that is priced by picture. */
function imagesOf(document: DocumentUsage, text: string, hasStart: boolean): { images?: number } {
  if (!hasStart || document.id !== undefined || !/"(?:url|b64_json)"/.test(text)) return {};
  const data = parseObject(text)?.['data'];
  return Array.isArray(data) ? { images: data.length } : {};
}
