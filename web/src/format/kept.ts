/** What this browser keeps by a key; null for nothing. Keys of this interface begin with `llm_proxy_`. */
export function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    // A browser may refuse to keep anything.
    return null;
  }
}

/** Keeps a value, or with null none. */
export function keep(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Then it counts until the page is left.
  }
}
