import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptedCodings, isCurrent } from '../common/rest/content.negotiation.js';

type Coding = 'br' | 'gzip';

/** In order of preference. The highest quality of Brotli takes seconds, this one a tenth of a second. */
const COMPRESS: Record<Coding, (bytes: Buffer) => Promise<Buffer>> = {
  br: async (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }),
  gzip: async (bytes) => promisify(gzip)(bytes),
};

interface Loaded {
  bytes: Buffer;
  /** Weak, because it is the same for every coding (RFC 9110 §8.8.1). */
  etag: string;
}

/** A file that stays the same while the server runs. It is loaded and compressed once, at its first request. */
export class PageFile {
  private loaded: Promise<Loaded> | undefined;
  private readonly compressed = new Map<Coding, Promise<Buffer>>();

  constructor(
    private readonly type: string,
    private readonly load: () => Promise<Buffer> | string,
  ) {}

  /** A browser asks each time whether its copy is current, so a new version of the server shows at once. */
  async send({ headers }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { bytes, etag } = await (this.loaded ??= this.loadOnce());
    void reply.headers({ 'cache-control': 'no-cache', vary: 'accept-encoding', etag });
    if (isCurrent(headers['if-none-match'], etag)) return reply.code(304).send();
    const coding = this.codingFor(headers['accept-encoding']);
    void reply.type(this.type);
    if (coding === undefined) return reply.send(bytes);
    return reply.header('content-encoding', coding).send(await this.inCoding(coding, bytes));
  }

  private async loadOnce(): Promise<Loaded> {
    const bytes = Buffer.from(await this.load());
    return { bytes, etag: `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` };
  }

  private codingFor(accepted: string | string[] | undefined): Coding | undefined {
    if (this.type.startsWith('image/')) return undefined;
    const names = acceptedCodings(accepted);
    return (Object.keys(COMPRESS) as Coding[]).find((coding) => names.has(coding));
  }

  private async inCoding(coding: Coding, bytes: Buffer): Promise<Buffer> {
    const result = this.compressed.get(coding) ?? COMPRESS[coding](bytes);
    this.compressed.set(coding, result);
    return result;
  }
}
