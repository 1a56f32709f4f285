/** Name in the header and how it is called; the first that matches, since each browser names its forerunners too. */
const BROWSERS = [
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['Firefox', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['Safari', 'Safari'],
  ['curl', 'curl'],
] as const;
const SYSTEMS = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['Windows', 'Windows'],
  ['Mac OS', 'macOS'],
  ['CrOS', 'ChromeOS'],
  ['Linux', 'Linux'],
] as const;

/** A browser in two words, from the header that it sends; the header itself where nothing in it is known. */
export function browserName(agent: string | undefined): string {
  if (agent === undefined) return 'unknown';
  const browser = BROWSERS.find(([name]) => agent.includes(`${name}/`))?.[1];
  const system = SYSTEMS.find(([name]) => agent.includes(name))?.[1];
  if (browser === undefined) return agent.slice(0, 40);
  return system === undefined ? browser : `${browser} on ${system}`;
}
