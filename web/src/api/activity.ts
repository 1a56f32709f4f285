/** Milliseconds after the last key or pointer event for which a call counts as activity. */
const ACTIVE_MS = 60_000;

let last = Date.now();
for (const type of ['pointerdown', 'pointermove', 'keydown'])
  addEventListener(type, () => void (last = Date.now()), { passive: true, capture: true });

/** Whether somebody sits at the page. Without it a poll must not keep a session alive. */
export const isActive = (): boolean => Date.now() - last < ACTIVE_MS;
