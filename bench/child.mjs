import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { pinned } from './machine.mjs';
import { treeOf } from './process.tree.mjs';

const START_LIMIT_MS = 60_000;
const POLL_MS = 2;

const running = new Set();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A child on one core. It does not outlive this process. `stdio`, `env` and `cwd` as for spawn. */
export function startChild(core, command, args, options = {}) {
  const child = spawn(...pinned(core, command, args), options);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Ends it and its children at once: what is measured has nothing to lose. */
export async function endChild(child) {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  const descendants = treeOf(child.pid).slice(1);
  child.kill('SIGKILL');
  for (const pid of descendants) killQuietly(pid);
  await ended;
}

/** Lets it stop in its own way. */
export async function stopChild(child) {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null;

function killQuietly(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended with its parent.
  }
}

/** A port nobody listens on. */
export async function freePort() {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits for a 200 to `GET path`; throws when the child ends first. Asked often: the wait is a figure of its own. */
export async function answers(child, port, path, headers = {}) {
  const giveUpAt = Date.now() + START_LIMIT_MS;
  while (Date.now() < giveUpAt) {
    if (hasEnded(child)) throw new Error(`${child.spawnfile} ${child.spawnargs.join(' ')} ended: it cannot start`);
    const status = await fetch(`http://127.0.0.1:${port}${path}`, { headers }).then(
      async (answer) => answer.text().then(() => answer.status),
      () => 0,
    );
    if (status === 200) return;
    await sleep(POLL_MS);
  }
  throw new Error(`nobody answers on port ${port}`);
}
