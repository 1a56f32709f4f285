// Compresses what Vite made in dist/admin and lists it in dist/admin/files.json. Scripts and styles stay in their compressed
// forms only: the server unpacks one of them for a client that accepts neither.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const FOLDER = fileURLToPath(new URL('../dist/admin/', import.meta.url));
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const COMPRESSED = new Set(['.css', '.js']);
/** Much more than the interface needs: a build above it has taken in something by mistake. */
const MOST_BYTES = 950_000;

const brotli = (bytes) =>
  brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });

/** Writes the forms of one file; what files.json says about it, and the bytes of all its forms. */
function pack(name) {
  const ending = extname(name);
  const type = TYPES[ending];
  if (type === undefined) throw new Error(`dist/admin/${name}: add its type to scripts/admin.pack.mjs`);
  const bytes = readFileSync(FOLDER + name);
  // Weak, because it is the same for every coding (RFC 9110 §8.8.1).
  const etag = `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  const isCompressed = COMPRESSED.has(ending);
  const forms = isCompressed ? { br: brotli(bytes), gzip: gzipSync(bytes, { level: 9 }) } : {};
  for (const [coding, form] of Object.entries(forms)) writeFileSync(`${FOLDER}${name}.${coding}`, form);
  if (isCompressed) rmSync(FOLDER + name);
  const kept = Object.values(isCompressed ? forms : { bytes }).reduce((sum, form) => sum + form.length, 0);
  return [{ name, type, etag, codings: Object.keys(forms), bytes: bytes.length }, kept];
}

const names = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => relative(FOLDER, join(parentPath, name)).replaceAll('\\', '/'))
  .toSorted();
const packed = names.map(pack);
writeFileSync(`${FOLDER}files.json`, `${JSON.stringify(packed.map(([file]) => file))}\n`);
const total = packed.reduce((sum, [, kept]) => sum + kept, 0);
console.log(`dist/admin: ${packed.length} files, ${Math.round(total / 1000)} kB`);
if (total > MOST_BYTES) throw new Error(`dist/admin has ${total} bytes: at most ${MOST_BYTES}`);
