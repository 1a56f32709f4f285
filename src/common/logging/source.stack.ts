import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
/** `    at name (file:line:column)`, or without a name and parentheses. */
const FRAME = /^(\s+at (?:.*\(|async )?)(.+\.js):(\d+):(\d+)(\)?)$/;

/** Source maps by file of the bundle; undefined for a file without one. Read at the first error, so that they do not delay the start. */
const maps = new Map<string, SourceMap | undefined>();

/** Replaces the positions in the bundle by positions in the source files. Other frames stay as they are. */
export const sourceStack = (stack: string, bundle = HERE): string =>
  stack
    .split('\n')
    .map((line) => sourceFrame(line, bundle))
    .join('\n');

function sourceFrame(frame: string, bundle: string): string {
  const [, start, file = '', line, column, end] = FRAME.exec(frame) ?? [];
  if (dirname(file) !== bundle) return frame;
  if (!maps.has(file)) maps.set(file, readMap(`${file}.map`));
  // A source map counts lines and columns from 0, a stack from 1.
  const origin = maps.get(file)?.findEntry(Number(line) - 1, Number(column) - 1);
  return origin && 'originalSource' in origin
    ? `${start}${origin.originalSource}:${origin.originalLine + 1}:${origin.originalColumn + 1}${end}`
    : frame;
}

function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(file, 'utf8')) as SourceMapPayload);
  } catch {
    return undefined;
  }
}
