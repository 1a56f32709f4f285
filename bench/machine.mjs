import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release } from 'node:os';
import { canMeasure } from './process.tree.mjs';

/** What is measured has a core of its own; what measures it, and the upstream, have the other. */
export const PROXY_CORE = 0;
export const LOAD_CORE = 1;

/** What a program prints about itself, or undefined when it is not there. */
function told(command, ...args) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch {
    return undefined;
  }
}

export const canPin = availableParallelism() >= 2 && told('taskset', '--version') !== undefined;

/** A command line that runs on one core, where the platform lets us. taskset becomes the program: the pid is its own. */
export const pinned = (core, command, args) =>
  canPin ? ['taskset', ['-c', String(core), command, ...args]] : [command, args];

/** Moves this process, and what it starts without a word of its own, away from the core that is measured. */
export function stepAside() {
  if (canPin) execFileSync('taskset', ['-a', '-c', '-p', String(LOAD_CORE), String(process.pid)], { stdio: 'ignore' });
}

/** Debian puts it where a user's PATH may not look. */
export const nginxProgram = ['nginx', '/usr/sbin/nginx'].find((name) => told(name, '-V') !== undefined);

/** Open files a process may have. Node raises its soft limit to the hard one by itself. */
export function fileLimit() {
  try {
    return Number(/^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Infinity);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

const packageVersion = (name) =>
  JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;

/** What a reader needs to know of the machine that the figures come from. */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    system: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
    undici: packageVersion('undici'),
    nest: packageVersion('@nestjs/core'),
    fastify: packageVersion('fastify'),
    nginx: nginxProgram === undefined ? 'not installed' : execNginxVersion(),
    pinned: canPin ? `proxies to core ${PROXY_CORE}, load and upstream to core ${LOAD_CORE}` : 'no',
    cpuTime: canMeasure ? 'by the scheduler, all threads and children' : 'not available on this platform',
    openFiles: fileLimit(),
  };
}

/** It speaks on stderr. */
function execNginxVersion() {
  return told('sh', '-c', `${nginxProgram} -v 2>&1`)?.trim().replace('nginx version: nginx/', '') ?? 'installed';
}
