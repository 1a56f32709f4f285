import { readFileSync } from 'node:fs';

/** The version in package.json, found from the sources and from the build alike. */
export const VERSION: string = readVersion(['../../package.json', '../../../package.json']);

function readVersion(places: string[]): string {
  for (const place of places) {
    try {
      return (JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as { version: string }).version;
    } catch {
      // not here
    }
  }
  return 'unknown';
}
