import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Logger } from '@nestjs/common';

/** One line of files.json, which scripts/admin.pack.mjs writes. */
export interface AdminFile {
  readonly name: string;
  readonly type: string;
  readonly etag: string;
  /** The forms that exist, the best one first; none for a file that is kept as it is. */
  readonly codings: readonly string[];
}

/** The built files of the web interface. Only names of its list are opened, so that no path leads elsewhere. */
export class AdminFiles {
  private readonly logger = new Logger('admin');
  private list: Promise<ReadonlyMap<string, AdminFile>> | undefined;
  private page: Promise<string> | undefined;

  /** @param folder with `files.json`; it need not exist. */
  constructor(private readonly folder: URL) {}

  /** Undefined for a name that is not listed. The list is read at the first request: a start pays nothing. */
  async find(name: string): Promise<AdminFile | undefined> {
    return (await (this.list ??= this.readList())).get(name);
  }

  /** The page as it was built; undefined without a build. */
  async shell(): Promise<string | undefined> {
    if ((await this.find('index.html')) === undefined) return undefined;
    return (this.page ??= readFile(new URL('index.html', this.folder), 'utf8'));
  }

  /** The bytes in the coding that `accepted` has with the greatest weight, and that coding; unpacked when it has none of them. */
  async read(
    file: AdminFile,
    accepted: ReadonlyMap<string, number>,
  ): Promise<{ bytes: Buffer; coding: string | undefined }> {
    if (file.codings.length === 0) return { bytes: await this.bytesOf(file.name), coding: undefined };
    const weight = (name: string): number => accepted.get(name) ?? 0;
    // The sort is stable: of equal weights the best one is first.
    const [coding] = file.codings.filter((name) => weight(name) > 0).toSorted((a, b) => weight(b) - weight(a));
    if (coding !== undefined) return { bytes: await this.bytesOf(`${file.name}.${coding}`), coding };
    return { bytes: await promisify(gunzip)(await this.bytesOf(`${file.name}.gzip`)), coding: undefined };
  }

  private bytesOf(name: string): Promise<Buffer> {
    return readFile(new URL(name, this.folder));
  }

  private async readList(): Promise<ReadonlyMap<string, AdminFile>> {
    try {
      const files = JSON.parse((await this.bytesOf('files.json')).toString()) as AdminFile[];
      return new Map(files.map((file) => [file.name, file]));
    } catch {
      this.logger.warn('the web interface has not been built: run npm run build');
      return new Map();
    }
  }
}
