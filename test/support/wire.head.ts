/** One header line as it stood on the wire: name in its own case, value without the white space around it. */
export type HeaderLine = readonly [name: string, value: string];

/** The start line and header lines of a message, and every way in which they are not plain HTTP/1.1. */
export interface WireHead {
  raw: Buffer;
  startLine: string;
  headers: HeaderLine[];
  faults: string[];
}

/** How a body is framed. `close`: it ends with the connection. */
export type Framing = { kind: 'none' | 'chunked' | 'close' } | { kind: 'length'; bytes: number };

// RFC 9110 §5.6.2: token.
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Reads a head that ends with its empty line; reports errors, but never repairs them. */
export function parseHead(raw: Buffer): WireHead {
  const [startLine = '', ...lines] = raw.toString('latin1').slice(0, -4).split('\r\n');
  const headers = lines.map(parseHeaderLine);
  const faults = lines.flatMap((line, at) => headerFault(line, headers[at]?.[0] ?? '') ?? []);
  if (/[\r\n\0]/.test(startLine)) faults.push('control byte in the start line');
  return { raw, startLine, headers, faults };
}

export function parseHeaderLine(line: string): HeaderLine {
  const colon = line.indexOf(':');
  if (colon < 0) return [line, ''];
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')];
}

function headerFault(line: string, name: string): string | undefined {
  if (!line.includes(':')) return `no colon in ${JSON.stringify(line)}`;
  if (!TOKEN.test(name)) return `bad header name ${JSON.stringify(name)}`;
  if (/[\r\n\0]/.test(line)) return `control byte in ${JSON.stringify(line)}`;
  return undefined;
}

/** All values sent under `name`, in order. */
export function valuesOf(headers: readonly HeaderLine[], name: string): string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([sent]) => sent.toLowerCase() === wanted).map(([, value]) => value);
}

export function hasToken(headers: readonly HeaderLine[], name: string, token: string): boolean {
  return valuesOf(headers, name).some((value) =>
    value.split(',').some((part) => part.trim().toLowerCase() === token.toLowerCase()),
  );
}

/** What the header lines say about the body; undefined when they say nothing. Ambiguity goes to `faults`. */
export function statedFraming({ headers, faults }: WireHead): Framing | undefined {
  const lengths = valuesOf(headers, 'content-length');
  const codings = valuesOf(headers, 'transfer-encoding');
  if (lengths.length > 1) faults.push('content-length more than once');
  if (lengths.length > 0 && codings.length > 0) faults.push('content-length and transfer-encoding');
  if (codings.length > 0) return chunkedFraming(codings, faults);
  const [length] = lengths;
  if (length === undefined) return undefined;
  if (!/^\d{1,15}$/.test(length)) faults.push(`bad content-length ${JSON.stringify(length)}`);
  return { kind: 'length', bytes: Number.parseInt(length, 10) || 0 };
}

function chunkedFraming(codings: string[], faults: string[]): Framing {
  if (codings.join(',').toLowerCase() === 'chunked') return { kind: 'chunked' };
  faults.push(`bad transfer-encoding ${JSON.stringify(codings)}`);
  return { kind: 'close' };
}
