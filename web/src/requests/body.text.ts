/** Characters that are put on the page. */
const MOST = 200_000;
const FORMATS: Record<string, CompressionFormat> = { gzip: 'gzip', 'x-gzip': 'gzip', deflate: 'deflate' };

/** Ends with what is there: a body may have broken off. */
async function unpacked(body: ArrayBuffer, format: CompressionFormat): Promise<Uint8Array> {
  const reader = new Blob([body]).stream().pipeThrough(new DecompressionStream(format)).getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    while (length < MOST * 4) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      length += value.length;
    }
  } catch {
    if (parts.length === 0) throw new Error('not compressed like this');
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** JSON is indented; everything else stays as it is. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const decode = (bytes: Uint8Array, isPart: boolean): string =>
  new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isPart });

/** The text of a body, without its content coding; undefined when it is none. A long one is cut. */
export async function bodyText(
  body: ArrayBuffer,
  coding?: string,
): Promise<{ text: string; isCut: boolean } | undefined> {
  try {
    const format = coding === undefined ? undefined : FORMATS[coding.trim().toLowerCase()];
    if (coding !== undefined && coding !== 'identity' && format === undefined) return undefined;
    // A truncated body may end within a character.
    const text = indented(decode(format === undefined ? new Uint8Array(body) : await unpacked(body, format), true));
    return { text: text.slice(0, MOST), isCut: text.length > MOST };
  } catch {
    return undefined;
  }
}
