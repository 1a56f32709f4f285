import { type KeyboardEvent, type PointerEvent, useState } from 'react';

const STEPS: Partial<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7 };

/** The index that a key leads to; null for none, undefined for a key that does nothing. */
export function nextPoint(key: string, at: number | null, length: number): number | null | undefined {
  if (length === 0) return undefined;
  if (key === 'Home') return 0;
  if (key === 'End') return length - 1;
  if (key === 'Escape') return null;
  const step = STEPS[key];
  return step === undefined ? undefined : Math.min(length - 1, Math.max(0, (at ?? length) + step));
}

export interface ChosenPoint {
  at: number | null;
  onPointerMove: (event: PointerEvent<SVGElement>) => void;
  onPointerLeave: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onBlur: () => void;
}

/** The bar that the pointer or the arrow keys are at. `left` and `width` are those of the bars, in pixels. */
export function useChosenPoint(length: number, left: number, width: number): ChosenPoint {
  const [at, setAt] = useState<number | null>(null);
  const leave = (): void => setAt(null);
  return {
    at: at !== null && at < length ? at : null,
    onPointerMove: (event) => {
      const x = event.clientX - event.currentTarget.getBoundingClientRect().left - left;
      setAt(Math.min(length - 1, Math.max(0, Math.floor((x / Math.max(1, width)) * length))));
    },
    onPointerLeave: leave,
    onKeyDown: (event) => {
      const next = nextPoint(event.key, at, length);
      if (next === undefined) return;
      setAt(next);
      if (next !== null) event.preventDefault();
    },
    onBlur: leave,
  };
}
