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

/** Starts a child on one core and kills it when this process ends. `options` are those of spawn. */
export function startChild(core, command, args, options = {}) {
  const child = spawn(...pinned(core, command, args), options);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Kills a child and its descendants. A measured server has no data to lose. */
export async function endChild(child) {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  const descendants = treeOf(child.pid).slice(1);
  child.kill('SIGKILL');
  for (const pid of descendants) killQuietly(pid);
  await ended;
}

/** Stops a child gracefully. */
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
    // The process ended together with its parent.
  }
}

/** A free port of the loopback interface. */
export async function freePort() {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits until `GET path` returns 200. Throws when the child ends first. It polls often, because the start time is a figure. */
export async function waitUntilReady(child, port, path, headers = {}) {
  const giveUpAt = Date.now() + START_LIMIT_MS;
  while (Date.now() < giveUpAt) {
    if (hasEnded(child)) throw new Error(`${child.spawnfile} ${child.spawnargs.join(' ')} ended before it was ready`);
    const status = await fetch(`http://127.0.0.1:${port}${path}`, { headers }).then(
      async (response) => response.text().then(() => response.status),
      () => 0,
    );
    if (status === 200) return;
    await sleep(POLL_MS);
  }
  throw new Error(`port ${port} does not respond with 200`);
}
