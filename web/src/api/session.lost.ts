const listeners = new Set<() => void>();

/** Calls `listener` whenever the server no longer knows who is signed in. Returns how to stop that. */
export function whenSessionLost(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Says that a call was refused with 401. */
export function sessionLost(): void {
  for (const listener of listeners) listener();
}
