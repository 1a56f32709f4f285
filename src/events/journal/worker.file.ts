import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Beside this file in the bundle; in `process/` of the compiled tree; the built one for a test runner that compiles sources itself. */
const PLACES = ['./events.worker.js', '../../process/events.worker.js', '../../../dist/bundle/events.worker.js'];

/** The program of the events worker's thread. */
export function eventsWorkerFile(): string {
  const files = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return files.find((file) => existsSync(file)) ?? files[0]!;
}
