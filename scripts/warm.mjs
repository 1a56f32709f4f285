// Runs the built program, so that Node caches its compiled code in dist/cache and the first start is fast.
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

/** Runs one command to its end, when Node writes the cache. A server is stopped once it prints `lastOutput`. */
async function run(args, lastOutput, more = {}) {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    cwd: folder,
    env: { ...env, ...more },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout }))
    // Only one signal: a second one would end the process before it has written the cache.
    if (lastOutput !== undefined && line.includes(lastOutput)) child.kill('SIGTERM');
  const [code] = await ended;
  if (code !== 0) throw new Error(`llm-proxy ${args.join(' ')} ended with ${code}`);
}

try {
  // The cache of a file has the functions that its first run compiled. The server runs first, because its start matters most.
  await run(['server'], '"listening"');
  // Loads the files that only PostgreSQL needs. The server listens although no database responds.
  await run(['server'], '"listening"', {
    DB_DRIVER: 'postgres',
    DATABASE_URL: 'postgres://user:none@127.0.0.1:1/none',
  });
  await run(['manage']);
  // Node makes the files private. In an image the user that runs the program may be another one.
  for (const file of readdirSync(CACHE, { recursive: true, withFileTypes: true }))
    if (file.isFile()) chmodSync(join(file.parentPath, file.name), 0o644);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
