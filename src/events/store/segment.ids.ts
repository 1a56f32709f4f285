const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const EVENT_ID = '"id":"';
/** Of ours and of the upstream's. */
const REQUEST_ID = 'request_id":"';

/**
 * Four characters for each id of the events of these lines: the event's, ours of the request and the upstream's. A search for an
 * id reads them instead of the lines of most segments.
 */
export function idsOf(lines: readonly string[]): string {
  let ids = '';
  for (const line of lines) {
    const at = line.indexOf(EVENT_ID);
    if (at !== -1) ids += hashAt(line, at + EVENT_ID.length);
    for (let from = line.indexOf(REQUEST_ID); from !== -1; from = line.indexOf(REQUEST_ID, from)) {
      from += REQUEST_ID.length;
      ids += hashAt(line, from);
    }
  }
  return ids;
}

/** What `idsOf` has of this id. Other segments may have it too. */
export const hashOf = (id: string): string => hashAt(JSON.stringify(id), 1);

/** FNV-1a of the text in JSON until its end, or until the first quotation mark in it. */
function hashAt(line: string, from: number): string {
  let hash = 0x811c9dc5;
  for (let at = from; at < line.length; at += 1) {
    const code = line.codePointAt(at)!;
    if (code === 34) break;
    hash = Math.imul(hash ^ code, 0x01000193);
  }
  hash ^= hash >>> 15;
  return (
    ALPHABET[hash & 63]! + ALPHABET[(hash >>> 6) & 63]! + ALPHABET[(hash >>> 12) & 63]! + ALPHABET[(hash >>> 18) & 63]!
  );
}
