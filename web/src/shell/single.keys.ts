import { keep, kept } from '../format/kept';

const KEY = 'llm_proxy_single_keys';

/** Whether keys without Ctrl do something. Kept by this browser; who dictates must be able to switch them off. */
export const hasSingleKeys = (): boolean => kept(KEY) !== 'off';

/** Switches them on or off for this browser. */
export const setSingleKeys = (isOn: boolean): void => keep(KEY, isOn ? null : 'off');
