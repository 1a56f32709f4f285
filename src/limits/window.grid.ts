/** Into how many parts a window is cut, at most. */
const PARTS = 60;

/** Time in steps: a request is counted in the step it came in, and leaves the window with that whole step. */
export interface Grid {
  readonly stepMs: number;
  /** Steps before the current one that still count: with it, no less than the window, wherever in its step a request came. */
  readonly steps: number;
}

export function gridOf(windowMs: number): Grid {
  const stepMs = Math.max(1, Math.ceil(windowMs / PARTS));
  return { stepMs, steps: Math.ceil(windowMs / stepMs) };
}
