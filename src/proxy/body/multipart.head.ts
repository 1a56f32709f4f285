import { parseMediaType } from '../../http/media.type.js';

/** The head of one part (RFC 7578 §4.2). */
export interface PartHead {
  readonly name: string;
  /** True for a field of plain UTF-8 text, false for a file or another content. */
  readonly isField: boolean;
}

const LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}):[ \t]*([^\r\n\0]*)$/;
const DISPOSITION = /^form-data[ \t]*(?=;)/i;
/** Refuses a backslash before a quote: an escape to some parsers, a character to others. */
const PARAMETER = /^;[ \t]*(name|filename|filename\*)=(?:"((?:[^"\\]|\\(?!"))*)"|([^\s";\\]+))[ \t]*(?=;|$)/i;
/** Parsers differ in how they decode other characters. */
const PLAIN_NAME = /^[A-Za-z0-9_.[\]-]{1,256}$/;

/** Undefined for a head that two parsers could read differently. `text` does not include the empty line at its end. */
export function parsePartHead(text: string): PartHead | undefined {
  const headers = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const [, name, value] = LINE.exec(line) ?? [];
    if (name === undefined || headers.has(name.toLowerCase())) return undefined;
    headers.set(name.toLowerCase(), value!);
  }
  const parameters = parseDisposition(headers.get('content-disposition'));
  const name = parameters?.get('name');
  if (!parameters || name === undefined || !PLAIN_NAME.test(name) || name === '_charset_') return undefined;
  return { name, isField: parameters.size === 1 && isPlainText(headers) };
}

function parseDisposition(value: string | undefined): Map<string, string> | undefined {
  const head = DISPOSITION.exec(value ?? '');
  if (!head) return undefined;
  const parameters = new Map<string, string>();
  let rest = value!.slice(head[0].length);
  while (rest !== '') {
    const match = PARAMETER.exec(rest);
    const name = match?.[1]?.toLowerCase();
    if (!match || parameters.has(name!)) return undefined;
    parameters.set(name!, match[2] ?? match[3]!);
    rest = rest.slice(match[0].length);
  }
  return parameters;
}

function isPlainText(headers: ReadonlyMap<string, string>): boolean {
  if (headers.has('content-transfer-encoding')) return false;
  const type = headers.get('content-type');
  if (type === undefined) return true;
  const parsed = parseMediaType(type);
  return parsed?.essence === 'text/plain' && /^utf-8$/i.test(parsed.parameters.get('charset') ?? 'utf-8');
}
