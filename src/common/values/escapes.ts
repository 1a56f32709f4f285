/** Whether every percent escape of a text is one, and what they stand for is UTF-8 (RFC 3986 §2.1). */
export function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
