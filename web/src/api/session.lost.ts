import { useSyncExternalStore } from 'react';
import { onlineManager } from '@tanstack/react-query';

/** `session`: the server no longer knows who is signed in. `confirmation`: the login is too long ago for a call. */
export type SignInReason = 'session' | 'confirmation';

interface Asked {
  readonly reason: SignInReason;
  readonly answer: Promise<boolean>;
  readonly end: (isSignedIn: boolean) => void;
}

let asked: Asked | undefined;
const listeners = new Set<() => void>();
const watchers = new Set<() => void>();

/** Calls `listener` whenever the server no longer knows who is signed in. Returns how to stop that. */
export function whenSessionLost(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Says that a call was refused with 401. */
export function sessionLost(): void {
  for (const listener of listeners) listener();
}

function set(next: Asked | undefined): void {
  asked = next;
  for (const watcher of watchers) watcher();
}

/** Has the person sign in over the page. All who ask meanwhile get the same answer: whether it was done. */
export function askToSignIn(reason: SignInReason): Promise<boolean> {
  if (asked) return asked.answer;
  // Every poll waits.
  if (reason === 'session') onlineManager.setOnline(false);
  let end: Asked['end'] = () => undefined;
  const answer = new Promise<boolean>((resolve) => (end = resolve));
  set({ reason, answer, end });
  return answer;
}

/** Ends the question of `askToSignIn`. */
export function signInEnded(isSignedIn: boolean): void {
  const before = asked;
  set(undefined);
  onlineManager.setOnline(true);
  before?.end(isSignedIn);
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

/** Why the person must sign in now; undefined while it need not. */
export const useSignInReason = (): SignInReason | undefined => useSyncExternalStore(subscribe, () => asked?.reason);
