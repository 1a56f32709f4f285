import { createHash } from 'node:crypto';
import type { RecordedRequest } from './recorded.request.js';

export interface StoredFile {
  id: string;
  filename: string;
  purpose: string;
  content: Buffer;
}

/** The files an upstream was sent. */
export class FileShelf {
  private readonly files = new Map<string, StoredFile>();

  /** Takes the file out of a multipart upload. */
  store(request: RecordedRequest): StoredFile | undefined {
    const file = multipartPart(request, 'file');
    if (file === undefined) return undefined;
    const purpose = multipartPart(request, 'purpose')?.content.toString('utf8') ?? '';
    const id = `file-${String(this.files.size + 1).padStart(22, '0')}`;
    const stored = { id, filename: file.filename ?? '', purpose, content: file.content };
    this.files.set(id, stored);
    return stored;
  }

  get(id: string): StoredFile | undefined {
    return this.files.get(id);
  }

  delete(id: string): boolean {
    return this.files.delete(id);
  }
}

export function fileObject({ id, filename, purpose, content }: StoredFile): object {
  return {
    id,
    object: 'file',
    bytes: content.length,
    created_at: 1_760_000_000,
    filename,
    purpose,
    status: 'processed',
  };
}

/** The part called `name` of a multipart/form-data body, as it was sent. */
export function multipartPart(
  request: RecordedRequest,
  name: string,
): { filename: string | undefined; content: Buffer } | undefined {
  const boundary = /boundary="?([^";]+)"?/i.exec(request.header('content-type') ?? '')?.[1];
  if (boundary === undefined) return undefined;
  const body = Buffer.concat([Buffer.from('\r\n'), request.body]);
  const delimiter = `\r\n--${boundary}`;
  for (let at = body.indexOf(delimiter); at >= 0;) {
    const headAt = at + delimiter.length + 2;
    const contentAt = body.indexOf('\r\n\r\n', headAt) + 4;
    const end = body.indexOf(delimiter, headAt);
    if (end < 0 || contentAt < 4) return undefined;
    const disposition = /^content-disposition:.*$/im.exec(body.toString('utf8', headAt, contentAt))?.[0] ?? '';
    const filename = /[; ]filename="([^"]*)"/i.exec(disposition)?.[1];
    if (/[; ]name="([^"]*)"/i.exec(disposition)?.[1] === name)
      return { filename, content: body.subarray(contentAt, end) };
    at = end;
  }
  return undefined;
}

/** What every speech download contains: bytes that look random and are always the same. */
export const SPEECH = pseudoRandomBytes(300_000, 0x5eed);
export const SPEECH_SHA256 = createHash('sha256').update(SPEECH).digest('hex');

/** The same `length` bytes for the same seed (xorshift32). */
export function pseudoRandomBytes(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed | 1;
  for (let at = 0; at < length; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state & 0xff;
  }
  return bytes;
}
