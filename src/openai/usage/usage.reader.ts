import { BodyUsage } from './usage.body.js';
import { endpointUsage, type EndpointUsage } from './endpoint.usage.js';
import type { EncodedBody, UsageReport } from './usage.record.js';
import { noUsage } from './usage.report.js';
import { StreamUsage } from './usage.stream.js';

/** A call, as far as its figures depend on it. */
export interface UsageCall {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** Of the response. */
  readonly status: number;
  /** Content-Type of the response, in any case. */
  readonly contentType: string | undefined;
}

/** Reads the body of one response. Pieces are kept by reference: they must not change. */
export interface UsageReader {
  push(piece: Buffer): void;
  /** `isWhole` is false for a body that broke off; `clientLeft` says that the client left before its end. */
  end(isWhole: boolean, clientLeft: boolean): UsageReport | EncodedBody;
}

/** Of encoded bytes. A longer body is not decoded. */
const MAX_ENCODED_BYTES = 256 * 1024;
export const CODINGS: ReadonlySet<string> = new Set(['gzip', 'x-gzip', 'br', 'zstd', 'deflate']);
const MUST_ASK = /^\/v1\/(?:chat\/completions|completions|engines\/[^/]+\/completions)\/*$/;

/** True for an endpoint whose streams have figures only when the request asks for them. */
export const mustAskForUsage = (path: string): boolean => MUST_ASK.test(path);

/** The report of a response whose body says nothing of usage; undefined for one whose body must be read. */
export function usageWithoutBody({ method, path, status, contentType }: UsageCall): UsageReport | undefined {
  if (status >= 300 || status < 200) return noUsage('refused');
  const { isRead, silence } = endpointUsage(method, path);
  if (isRead && (isEventStream(contentType) || isJson(contentType))) return undefined;
  return noUsage(silence);
}

/** The report of a call whose upstream sent no response: nothing was used unless the upstream got the request. */
export function usageWithoutResponse(
  { method, path }: Pick<UsageCall, 'method' | 'path'>,
  { wasSent, clientLeft }: { readonly wasSent: boolean; readonly clientLeft: boolean },
): UsageReport {
  if (!wasSent) return noUsage('refused');
  const { isRead, silence } = endpointUsage(method, path);
  if (!isRead) return noUsage(silence);
  return noUsage(clientLeft ? 'client_left' : 'broken');
}

/** Opens a reader for a response whose body must be read. `coding` is its Content-Encoding. */
export function openUsageReader(call: UsageCall, coding: string | undefined): UsageReader {
  const known = coding?.trim().toLowerCase() ?? '';
  if (known === '' || known === 'identity') return openPlainReader(call);
  return CODINGS.has(known)
    ? new EncodedUsage(known, call)
    : { push: () => undefined, end: () => noUsage('undecodable') };
}

/** A reader of a body without a content coding. */
export function openPlainReader({ method, path, contentType }: UsageCall): {
  push(piece: Buffer): void;
  end(isWhole: boolean, clientLeft: boolean): UsageReport;
} {
  const endpoint: EndpointUsage = endpointUsage(method, path);
  return isEventStream(contentType) ? new StreamUsage(endpoint, mustAskForUsage(path)) : new BodyUsage(endpoint);
}

export const isEventStream = (contentType: string | undefined): boolean =>
  contentType !== undefined && contentType.slice(0, 17).toLowerCase() === 'text/event-stream';

/** A body without a content type may be JSON. */
const isJson = (contentType: string | undefined): boolean =>
  contentType === undefined || contentType === 'application/json' || /^[^;]*[/+]json\b/i.test(contentType);

/** Collects a body with a content coding, to be decoded elsewhere. */
class EncodedUsage implements UsageReader {
  private pieces: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly coding: string,
    private readonly call: UsageCall,
  ) {}

  push(piece: Buffer): void {
    this.bytes += piece.length;
    if (this.bytes <= MAX_ENCODED_BYTES) this.pieces.push(piece);
    else this.pieces = [];
  }

  end(isWhole: boolean, clientLeft: boolean): UsageReport | EncodedBody {
    if (this.bytes > MAX_ENCODED_BYTES) return noUsage('undecodable');
    const bytes = new Uint8Array(this.bytes);
    let at = 0;
    for (const piece of this.pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    const { coding } = this;
    const contentType = this.call.contentType ?? '';
    return { coding, contentType, bytes, isWhole, ...(clientLeft && !isWhole && { clientLeft }) };
  }
}
