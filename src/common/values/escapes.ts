/** Whether all percent escapes of a text are well-formed and decode to UTF-8 (RFC 3986 §2.1). */
export function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
