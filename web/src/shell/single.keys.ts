const KEY = 'llm_proxy_single_keys';

/** Whether keys without Ctrl do something. Kept by this browser; who dictates must be able to switch them off. */
export function hasSingleKeys(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

export function setSingleKeys(isOn: boolean): void {
  try {
    if (isOn) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, 'off');
  } catch {
    // A browser that keeps nothing has them on.
  }
}
