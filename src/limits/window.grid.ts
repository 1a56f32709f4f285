/** The most steps that a window is divided into. */
const PARTS = 60;

/** Time in steps: a request counts in its step, and leaves the window together with that whole step. */
export interface Grid {
  readonly stepMs: number;
  /** Steps before the current one that still count. Together with it they are never shorter than the window. */
  readonly steps: number;
}

export function gridOf(windowMs: number): Grid {
  const stepMs = Math.max(1, Math.ceil(windowMs / PARTS));
  return { stepMs, steps: Math.ceil(windowMs / stepMs) };
}
