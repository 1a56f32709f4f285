// What the measurements of lists share.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './statistics.mjs';

/** Milliseconds as a table has them. */
export const shownMs = (ms) => ms.toFixed(ms < 10 ? 1 : 0);

/** Milliseconds of the first call and the median and worst of the later ones, and the last answer. Ends with a refusal. */
export async function timed(server, path, repeats) {
  const times = [];
  let last = '';
  for (let i = 0; i <= repeats; i += 1) {
    const startedAt = performance.now();
    const response = await server.get(path);
    const text = await response.text();
    times.push(performance.now() - startedAt);
    if (response.status !== 200) return { status: response.status, text };
    last = text;
  }
  const [first, ...later] = times;
  return { status: 200, text: last, first, p50: median(later), worst: Math.max(...later) };
}

/** Runs a measurement with a folder of its own, and ends the process. */
export function run(name, measure) {
  const root = mkdtempSync(join(tmpdir(), `llm-proxy-${name}-`));
  const ended = (code) => {
    rmSync(root, { recursive: true, force: true });
    process.exit(code);
  };
  measure(root).then(
    () => ended(0),
    (error) => {
      process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
      ended(1);
    },
  );
}
