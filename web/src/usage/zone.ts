import { keep, kept } from '../format/kept';

const KEY = 'llm_proxy_zone';
export const UTC = 'UTC';

/** The zone of the browser. */
export const viewerZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The zone that the viewer chose last: its own, or UTC. */
export const keptZone = (): string => (kept(KEY) === UTC ? UTC : viewerZone());

/** Keeps the choice. Any other zone than UTC is that of the browser, or of a link alone. */
export const keepZone = (zone: string): void => keep(KEY, zone === UTC ? UTC : null);
