const KEPT = 'llm_proxy_zone';

/** The zone of the browser. */
export const viewerZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The zone that the viewer chose last: its own, or UTC. */
export const keptZone = (): string => (localStorage.getItem(KEPT) === 'UTC' ? 'UTC' : viewerZone());

export function keepZone(zone: string): void {
  if (zone === 'UTC') localStorage.setItem(KEPT, 'UTC');
  else localStorage.removeItem(KEPT);
}
