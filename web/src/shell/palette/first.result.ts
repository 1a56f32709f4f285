import { type RefObject, useEffect, useRef, useState } from 'react';

interface Listed {
  /** What stands in the field. */
  text: string;
  /** The id of the first result; undefined when there is none. */
  first: string | undefined;
  /** The server has not answered yet. */
  isBusy: boolean;
  /** Opens the first result. */
  onOpen: () => void;
}

interface FirstResult {
  field: RefObject<HTMLInputElement | null>;
  menu: RefObject<HTMLDivElement | null>;
  /** For Enter in the field. */
  onEnter: () => void;
}

/**
 * Marks the first result once it is there, so that Enter opens it. React Aria marks it while one types, not after a
 * paste. Enter that is pressed before the server has answered opens the first result of the answer.
 */
export function useFirstResult({ text, first, isBusy, onOpen }: Listed): FirstResult {
  const field = useRef<HTMLInputElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const [awaited, setAwaited] = useState('');
  const isMarked = (): boolean => (menu.current?.querySelector('[data-focused]') ?? null) !== null;
  const isThere = text !== '' && first !== undefined && !isBusy;
  useEffect(() => {
    if (!isThere) return;
    if (awaited === text) onOpen();
    else if (!isMarked()) field.current?.dispatchEvent(arrowDown());
    // oxlint-disable-next-line react/exhaustive-deps
  }, [isThere, text, first]);
  return { field, menu, onEnter: () => !isMarked() && (isThere ? onOpen() : setAwaited(text)) };
}

const arrowDown = (): KeyboardEvent =>
  new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true });
