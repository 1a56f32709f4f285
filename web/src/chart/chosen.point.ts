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

/** The first and the last bar of what is marked. */
export type Marked = readonly [first: number, last: number];

/** Two bars in their order. */
export const markedOf = (one: number, other: number): Marked => [Math.min(one, other), Math.max(one, other)];

export interface ChosenPoint {
  at: number | null;
  /** What is being marked by dragging, or with Shift and the arrow keys. */
  marked: Marked | undefined;
  onPointerMove: (event: PointerEvent<SVGElement>) => void;
  onPointerDown: (event: PointerEvent<SVGElement>) => void;
  onPointerUp: () => void;
  onPointerLeave: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onBlur: () => void;
}

export interface ChosenPointOptions {
  /** The number of bars. */
  length: number;
  /** Of the bars, in pixels. */
  left: number;
  width: number;
  /** Bars can be marked; called when they are. */
  onMark?: ((first: number, last: number) => void) | undefined;
}

/** The bar that the pointer or the arrow keys are at, and those that are marked. */
export function useChosenPoint({ length, left, width, onMark }: ChosenPointOptions): ChosenPoint {
  const [at, setAt] = useState<number | null>(null);
  /** Where the marking began. */
  const [anchor, setAnchor] = useState<number | null>(null);
  const leave = (): void => {
    setAt(null);
    setAnchor(null);
  };
  const indexOf = (event: PointerEvent<SVGElement>): number => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - left;
    return Math.min(length - 1, Math.max(0, Math.floor((x / Math.max(1, width)) * length)));
  };
  const isWithin = at !== null && at < length;
  const marked = isWithin && anchor !== null && anchor < length ? markedOf(anchor, at) : undefined;
  const mark = (): void => {
    if (marked === undefined) return;
    leave();
    onMark?.(...marked);
  };
  return {
    at: isWithin ? at : null,
    marked,
    onPointerMove: (event) => setAt(indexOf(event)),
    onPointerDown: (event) => {
      if (onMark === undefined || length === 0 || event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setAnchor(indexOf(event));
      setAt(indexOf(event));
    },
    // A press that does not move marks nothing.
    onPointerUp: () => (marked !== undefined && marked[0] < marked[1] ? mark() : setAnchor(null)),
    onPointerLeave: leave,
    onKeyDown: (event) => {
      if (event.key === 'Enter' && marked !== undefined) return mark();
      const next = nextPoint(event.key, at, length);
      if (next === undefined) return;
      if (next === null || !event.shiftKey || onMark === undefined) setAnchor(null);
      else setAnchor(anchor ?? at ?? next);
      setAt(next);
      if (next !== null) event.preventDefault();
    },
    onBlur: leave,
  };
}
