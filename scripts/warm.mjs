// Runs the built program once, for what Node keeps of the code it compiled (dist/cache): the first start is quick, too.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../bin/llm-proxy.cjs', import.meta.url));

const CACHE = fileURLToPath(new URL('../dist/cache', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-warm-'));
const env = {
  PATH: process.env.PATH,
  LISTEN_ADDR: '127.0.0.1:0',
  DATABASE_PATH: join(folder, 'proxy.db'),
  MANAGEMENT_TOKEN: randomBytes(32).toString('hex'),
  ENCRYPTION_KEY: randomBytes(32).toString('base64'),
};

/** It keeps its code when it ends; `untilItSays` is what it says before it is asked to. */
async function run(args, untilItSays, more = {}) {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    cwd: folder,
    env: { ...env, ...more },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout }))
    // Once: a second signal would cut the stop short, and what is to be kept is written at its end.
    if (untilItSays !== undefined && line.includes(untilItSays)) child.kill('SIGTERM');
  const [code] = await ended;
  if (code !== 0) throw new Error(`llm-proxy ${args.join(' ')} ended with ${code}`);
}

try {
  // What is kept of a file is what its first run compiled: the server's starts are those that count.
  await run(['server'], '"listening"');
  // For the files that only PostgreSQL loads. There is none: the server says so, and listens.
  await run(['server'], '"listening"', {
    DB_DRIVER: 'postgres',
    DATABASE_URL: 'postgres://user:none@127.0.0.1:1/none',
  });
  await run(['manage']);
  // Node lets nobody else read them, not even the user of an image into which they are copied.
  for (const file of readdirSync(CACHE, { recursive: true, withFileTypes: true }))
    if (file.isFile()) chmodSync(join(file.parentPath, file.name), 0o644);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
