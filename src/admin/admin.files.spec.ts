import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AdminFiles } from './admin.files.js';

const SCRIPT = { name: 'assets/a.js', type: 'text/javascript', etag: 'W/"a"', codings: ['br', 'gzip'] };
const PAGE = { name: 'index.html', type: 'text/html', etag: 'W/"b"', codings: [] };

describe('AdminFiles', () => {
  let folder: string;
  let files: AdminFiles;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'llm-proxy-admin-'));
    files = new AdminFiles(pathToFileURL(`${folder}/`));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    vi.restoreAllMocks();
  });

  const build = (): void => {
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'files.json'), JSON.stringify([SCRIPT, PAGE]));
    writeFileSync(join(folder, 'index.html'), '<html>');
    writeFileSync(join(folder, 'secret'), 'not listed');
    writeFileSync(join(folder, 'assets/a.js.br'), brotliCompressSync('script'));
    writeFileSync(join(folder, 'assets/a.js.gzip'), gzipSync('script'));
  };

  it.each([
    [['br', 'gzip'], 'br', brotliCompressSync('script')],
    [['gzip'], 'gzip', gzipSync('script')],
    [[], undefined, Buffer.from('script')],
  ])('for a client that accepts %j it has %s', async (accepted, coding, bytes) => {
    build();
    const file = (await files.find('assets/a.js'))!;
    expect(await files.read(file, new Map(accepted.map((name) => [name, 1])))).toEqual({ coding, bytes });
  });

  it('has a file that is kept as it is', async () => {
    build();
    const file = (await files.find('index.html'))!;
    expect(await files.read(file, new Map([['br', 1]]))).toEqual({
      coding: undefined,
      bytes: Buffer.from('<html>'),
    });
    expect(await files.shell()).toBe('<html>');
  });

  it.each(['secret', 'assets/../secret', '../package.json', 'files.json', '', 'assets/a.js.br'])(
    'does not open %s, which is not listed',
    async (name) => {
      build();
      expect(await files.find(name)).toBeUndefined();
    },
  );

  it('is empty without a build, and says so once', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    expect([await files.shell(), await files.find('assets/a.js')]).toEqual([undefined, undefined]);
    expect(warn.mock.calls).toEqual([['the web interface has not been built: run npm run build']]);
  });
});
