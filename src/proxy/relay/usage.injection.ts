import { Readable } from 'node:stream';
import type { ApiError } from '../../common/errors/api.error.js';
import type { Exchange } from '../../http/exchange.js';
import { valueOf } from '../../http/header.rules.js';
import type { ResponseHead } from '../../upstream/response.head.js';
import { isEventStream, mustAskForUsage } from '../../openai/usage/usage.reader.js';
import { UsageHiding } from '../injection/usage.hiding.js';
import { askingForUsage } from '../injection/usage.request.js';
import type { UploadReceiver } from './upload.source.js';

/** A larger body is sent as it is. */
export const MAX_INJECTED_BYTES = 1024 * 1024;

/** A body with a coding is not read, and a digest would not fit a changed body (RFC 9530, RFC 3230, RFC 1864). */
const UNCHANGEABLE = ['content-encoding', 'content-digest', 'repr-digest', 'digest', 'content-md5'];

/**
 * Stands between the upload and the upstream of one request whose provider has `stream_usage: inject`: makes its stream
 * show usage, which is hidden from the client.
 */
export class UsageInjection implements UploadReceiver {
  private isInjected = false;

  constructor(
    private readonly receiver: UploadReceiver,
    /** The request's body comes in chunks. */
    private readonly isChunked: boolean,
  ) {}

  onUpload(body: Buffer | Readable | null): void {
    if (body instanceof Readable) this.collect(body);
    else this.receiver.onUpload(body && (this.asking(body) ?? body));
  }

  onUploadRefused(error: ApiError): void {
    this.receiver.onUploadRefused(error);
  }

  /** What hides the usage of this response; undefined when there is nothing to hide or its coding cannot be read. */
  hidingFor({ status, headers }: ResponseHead): UsageHiding | undefined {
    if (!this.isInjected || status !== 200) return undefined;
    const hasCoding = (valueOf(headers, 'content-encoding') ?? 'identity').toLowerCase() !== 'identity';
    return isEventStream(valueOf(headers, 'content-type')) && !hasCoding ? new UsageHiding() : undefined;
  }

  private asking(body: Buffer): Buffer | undefined {
    const asking = askingForUsage(body);
    this.isInjected = asking !== undefined;
    return asking;
  }

  /** Reads a stream to its end. One that is too long gets back what was read of it. */
  private collect(body: Readable): void {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const onData = (piece: Buffer): void => {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes <= MAX_INJECTED_BYTES) return;
      body.off('data', onData).off('end', onEnd).pause();
      body.unshift(Buffer.concat(pieces));
      this.receiver.onUpload(body);
    };
    const onEnd = (): void => this.onCollected(Buffer.concat(pieces));
    body.on('data', onData).once('end', onEnd).resume();
  }

  private onCollected(body: Buffer): void {
    const sent = this.asking(body) ?? body;
    this.receiver.onUpload(this.isChunked ? streamOf(sent) : sent);
  }
}

/** The injection for a request; undefined when it cannot be a stream that has to ask for its usage. */
export function usageInjection(exchange: Exchange, receiver: UploadReceiver): UsageInjection | undefined {
  const { request, path, bodyLength } = exchange;
  if (request.method !== 'POST' || bodyLength === 0 || (bodyLength ?? 0) > MAX_INJECTED_BYTES) return undefined;
  if (!mustAskForUsage(path) || UNCHANGEABLE.some((name) => request.headers[name] !== undefined)) return undefined;
  return new UsageInjection(receiver, bodyLength === undefined);
}

function streamOf(body: Buffer): Readable {
  const stream = new Readable({ read: () => undefined });
  if (body.length > 0) stream.push(body);
  stream.push(null);
  return stream;
}
