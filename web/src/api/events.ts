import { API } from './base';

export interface EventHandlers {
  /** An event by its name, with its data parsed. */
  onEvent(name: string, data: unknown): void;
  /** The connection ended; it is opened again by itself unless the server refused it. */
  onLost?(isRefused: boolean): void;
  onOpen?(): void;
}

/** Opens a stream of events while the tab is visible. Returns how to close it. `path` begins with `/manage`. */
export function openEvents(path: string, names: readonly string[], handlers: EventHandlers): () => void {
  let source: EventSource | undefined;
  const close = (): void => {
    source?.close();
    source = undefined;
  };
  const open = (): void => {
    const opened = new EventSource(API + path);
    source = opened;
    for (const name of names)
      opened.addEventListener(name, (event: MessageEvent<string>) => handlers.onEvent(name, JSON.parse(event.data)));
    opened.addEventListener('open', () => handlers.onOpen?.());
    opened.addEventListener('error', () => handlers.onLost?.(opened.readyState === EventSource.CLOSED));
  };
  const follow = (): void => {
    if (document.hidden) close();
    else if (source === undefined) open();
  };
  document.addEventListener('visibilitychange', follow);
  follow();
  return () => {
    document.removeEventListener('visibilitychange', follow);
    close();
  };
}
